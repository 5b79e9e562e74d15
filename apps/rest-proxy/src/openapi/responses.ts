import { restErrors, type ErrorLine } from '#libs/errors/rest-errors.ts';
import { json } from '../http/media-types.ts';
import type {
  ApiContent,
  ApiExamples,
  ApiHeaders,
  ApiResponse,
  ApiResponses,
  ApiSchema,
} from './openapi-types.ts';

export function schemaRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** The same body under one or more media types. @param examples by name, values only */
export function content(
  mediaTypes: readonly string[],
  schema: ApiSchema,
  examples: Readonly<Record<string, unknown>> = {},
): ApiContent {
  const named: ApiExamples = {};
  for (const [name, value] of Object.entries(examples)) named[name] = { value };
  const entry = Object.keys(named).length === 0 ? { schema } : { schema, examples: named };
  return Object.fromEntries(mediaTypes.map((type) => [type, entry]));
}

const answerHeaders: ApiHeaders = {
  'X-Request-Id': { $ref: '#/components/headers/RequestId' },
  Vary: { $ref: '#/components/headers/Vary' },
};
const retryHeaders: ApiHeaders = {
  ...answerHeaders,
  'Retry-After': { $ref: '#/components/headers/RetryAfter' },
};

export function ok(description: string, body: ApiContent, headers: ApiHeaders = {}): ApiResponse {
  return { description, headers: { ...answerHeaders, ...headers }, content: body };
}

export function noContent(description: string): ApiResponse {
  return { description, headers: answerHeaders };
}

/** A line of the table of errors, with what stands for its `<detail>` in the example. */
export type DocumentedError = ErrorLine | readonly [line: ErrorLine, detail: string];

/** What every operation that asks Kafka may answer. */
export const kafkaErrors: readonly DocumentedError[] = [
  [restErrors.kafkaAuthentication, 'Authentication failed.'],
  [restErrors.kafkaAuthorization, 'Topic authorization failed.'],
  [restErrors.kafka, 'The broker refused.'],
  [restErrors.kafkaRetriable, 'The request timed out.'],
  [restErrors.brokerNotAvailable, 'The broker is not available.'],
];

/** What an operation on a topic may answer. */
export const topicErrors: readonly DocumentedError[] = [
  [restErrors.invalidKafkaRequest, 'The request attempted to perform an operation on an invalid topic.'],
  [restErrors.unknownTopicOrPartition, 'This server does not host this topic-partition.'],
];

/** What every operation may answer. */
export const commonErrors: readonly DocumentedError[] = [
  [restErrors.badRequest, 'The Accept header is not a list of media types'],
  restErrors.notAcceptable,
  restErrors.internal,
  [restErrors.overloaded, 'too many requests'],
  restErrors.timeout,
];

/** What every operation with a body may answer besides. */
export const bodyErrors: readonly DocumentedError[] = [
  [restErrors.malformed, "Unrecognized token 'foobar'"],
  restErrors.requestTimeout,
  [restErrors.bodyTooLarge, 'The body is larger than 16777216 bytes'],
  restErrors.unsupportedMediaType,
  [restErrors.unsupportedEncoding, 'zstd'],
];

/**
 * The answers to what goes wrong, one a status, each with its error codes and an example a code.
 *
 * @param mediaTypes that errors of the operation have
 */
export function errorResponses(
  mediaTypes: readonly string[],
  errors: readonly DocumentedError[],
): ApiResponses {
  const byStatus = new Map<number, { line: ErrorLine; message: string }[]>();
  for (const error of errors) {
    const [line, detail] = isPair(error) ? error : [error, ''];
    const entry = { line, message: line.text.replace('<detail>', () => detail) };
    const same = byStatus.get(line.status);
    if (same === undefined) byStatus.set(line.status, [entry]);
    else if (!same.some((other) => other.line === line)) same.push(entry);
  }
  const responses: ApiResponses = {};
  for (const [status, entries] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[status] = errorResponse(status, mediaTypes, entries);
  }
  return responses;
}

/** Where the types of request and answer do not fit, the answer's type is a default. */
const beforeNegotiation: ReadonlySet<number> = new Set([406, 415]);

function errorResponse(
  status: number,
  mediaTypes: readonly string[],
  entries: readonly { readonly line: ErrorLine; readonly message: string }[],
): ApiResponse {
  const examples: Record<string, unknown> = {};
  for (const { line, message } of entries) {
    const taken = Object.hasOwn(examples, String(line.errorCode));
    examples[taken ? `${line.errorCode} ${message}` : String(line.errorCode)] = {
      error_code: line.errorCode,
      message,
    };
  }
  return {
    description: entries.map(({ line }) => `\`${line.errorCode}\`: ${line.when}`).join('\n\n'),
    headers: status === 429 || status === 503 ? retryHeaders : answerHeaders,
    content: content(
      beforeNegotiation.has(status) ? [...new Set([...mediaTypes, json])] : mediaTypes,
      schemaRef('Error'),
      examples,
    ),
  };
}

function isPair(error: DocumentedError): error is readonly [ErrorLine, string] {
  return Array.isArray(error);
}
