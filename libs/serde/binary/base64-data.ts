import { restErrors } from '#libs/errors/rest-errors.ts';
import { excerptOf } from '../json-text/excerpt.ts';
import { decodeBase64 } from './base64.ts';

/**
 * The bytes that a JSON string holds in base64; null for null.
 *
 * @param json compact, as compactJson (json-text/) writes it
 * @throws {RestError} 400 in the original's words
 */
export function bytesOf(json: Buffer | null): Buffer | null {
  if (json === null) return null;
  if (json[0] !== QUOTE) throw restErrors.badRequest(`data=${excerptOf(json)} is not a base64 string.`);
  const data = decodeBase64(json, 1, json.length - 1);
  if (data === undefined) {
    throw restErrors.badRequest(`data=${excerptOf(json)} is not a valid base64 string.`);
  }
  return data;
}

const QUOTE = 0x22;
