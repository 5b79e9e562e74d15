import { restErrors } from '#libs/errors/rest-errors.ts';
import { json, type Endpoint } from '../../http/media-types.ts';

export const produceRecords: Endpoint = {
  name: 'api.v3.produce.produce-to-topic',
  consumes: [json],
  produces: [json],
};

export const produceBatch: Endpoint = {
  name: 'api.v3.batch-produce.produce-to-topic',
  consumes: [json],
  produces: [json],
};

/**
 * Whether a stream is ISO-8859-1, not UTF-8.
 *
 * @param contentType JSON, or absent
 * @throws {RestError} 400 when it is absent, or names another charset
 */
export function isLatin1(contentType: string | undefined): boolean {
  if (contentType === undefined || contentType === '') {
    throw restErrors.badRequest(
      'The Content-Type header is missing; a stream of records is application/json',
    );
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1]?.toLowerCase();
  switch (charset) {
    case undefined:
    case 'utf-8':
    case 'utf8':
      return false;
    case 'iso-8859-1':
      return true;
    default:
      throw restErrors.badRequest(
        'Unsupported charset in Content-Type header. Supports "UTF-8" and "ISO-8859-1".',
      );
  }
}
