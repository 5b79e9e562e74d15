import { RestError } from './rest-error.ts';

/** One line of the table, as docs/errors.md shows it. */
export interface ErrorLine {
  readonly status: number;
  readonly errorCode: number;
  /** The message; `<detail>` stands for what the caller adds. */
  readonly text: string;
  /** When it is answered. */
  readonly when: string;
}

interface ErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
}

type FixedError = ErrorLine & ((options?: ErrorOptions) => RestError);
type DetailedError = ErrorLine & ((detail: string, options?: ErrorOptions) => RestError);

/** A line whose message is always the same. */
function fixed(status: number, errorCode: number, text: string, when: string): FixedError {
  const make = (options: ErrorOptions = {}): RestError => new RestError(status, errorCode, text, options);
  return Object.assign(make, { status, errorCode, text, when });
}

/** A line whose message carries a detail. */
function detailed(status: number, errorCode: number, text: string, when: string): DetailedError {
  const make = (detail: string, options: ErrorOptions = {}): RestError =>
    new RestError(
      status,
      errorCode,
      text.replace('<detail>', () => detail),
      options,
    );
  return Object.assign(make, { status, errorCode, text, when });
}

/**
 * Every error that a client can see, one line each; docs/errors.md shows the same lines and a test holds them together.
 *
 * Status and `error_code` are written here and computed nowhere (40001 goes out with 422). Append, do not rename.
 */
// prettier-ignore
export const restErrors = {
  badRequest: detailed(400, 400, 'Bad Request: <detail>', 'a value in the request cannot be used'),
  malformed: detailed(400, 400, '<detail>', 'the body is not JSON, or a JSON value has the wrong type'),
  malformedUri: detailed(400, 400, 'Bad Request: <detail>', 'the request target is not a valid path'),
  malformedHttp: fixed(400, 400, 'HTTP 400 Bad Request', 'the bytes received are not an HTTP request'),
  invalidKafkaRequest: detailed(400, 40002, '<detail>', 'Kafka refused the request: invalid topic, partitions, replication factor, configuration; topic exists; policy violation; no authorizer'),

  unauthenticated: fixed(401, 401, 'HTTP 401 Unauthorized', 'the client did not say who it is'),
  kafkaAuthentication: detailed(401, 40101, '<detail>', 'Kafka did not accept the credentials'),
  optionsRejected: fixed(403, 403, 'HTTP 403 Forbidden', 'OPTIONS while `reject.options.request` is set'),
  kafkaAuthorization: detailed(403, 40301, '<detail>', 'Kafka (or the schema registry) does not allow it'),

  notFound: fixed(404, 404, 'HTTP 404 Not Found', 'no such path, or a number in the path or query is not a number'),
  entityNotFound: detailed(404, 404, '<detail>', 'v3: what the path names does not exist'),
  topicNotFound: fixed(404, 40401, 'Topic not found.', 'v2: the topic does not exist'),
  notInMetadata: detailed(404, 40401, '<detail>', 'v3 produce: topic or partition does not exist'),
  partitionNotFound: fixed(404, 40402, 'Partition not found.', 'the partition does not exist'),
  consumerInstanceNotFound: fixed(404, 40403, 'Consumer instance not found.', 'no such consumer instance, or it expired'),
  unknownTopicOrPartition: detailed(404, 40403, '<detail>', 'Kafka does not know the topic or partition'),
  methodNotAllowed: fixed(405, 405, 'HTTP 405 Method Not Allowed', 'the path exists, not with this method; `Allow` says which'),
  notAcceptable: fixed(406, 406, 'HTTP 406 Not Acceptable', 'no media type of the answer is in `Accept`'),
  formatMismatch: fixed(406, 40601, 'The requested embedded data format does not match the deserializer for this consumer instance', 'records asked for in another format than the instance was created with'),
  requestTimeout: fixed(408, 408, 'HTTP 408 Request Timeout', 'the request did not arrive in time'),
  streamTooOld: fixed(408, 408, 'Streaming connection open for longer than allowed: Connection will be closed.', 'v3 streaming produce: older than `streaming.connection.max.duration.ms`'),
  serialization: detailed(408, 40801, '<detail>', 'a record cannot be read or written in its format'),

  alreadySubscribed: fixed(409, 40901, 'Consumer cannot subscribe the the specified target because it has already subscribed to other topics.', 'kept for completeness, never answered'),
  consumerAlreadyExists: fixed(409, 40902, 'Consumer with specified consumer ID already exists in the specified consumer group.', 'an instance of that name exists in the group'),
  illegalState: detailed(409, 40903, 'Illegal state: <detail>', 'the consumer instance is not in a state for this call'),
  groupNotEmpty: detailed(409, 409, '<detail>', 'the consumer group has members'),
  bodyTooLarge: detailed(413, 413, '<detail>', 'the body is larger than allowed, also after decompression'),
  recordTooLarge: detailed(413, 413, '<detail>', 'v3 produce: the record is larger than `max.request.size`'),
  expectationFailed: fixed(417, 417, 'HTTP 417 Expectation Failed', 'an `Expect` header other than 100-continue'),
  unsupportedMediaType: fixed(415, 415, 'HTTP 415 Unsupported Media Type', 'the endpoint does not take this `Content-Type`'),
  unsupportedEncoding: detailed(415, 415, 'Unsupported Content-Encoding: <detail>', 'the body is compressed in a way that is not known'),

  unprocessable: detailed(422, 422, '<detail>', 'the body is well-formed and not valid; the message names the field'),
  unrecognizedField: detailed(422, 422, 'Unrecognized field: <detail>', 'the body has a field that is not known'),
  invalidFormat: fixed(422, 422, 'Invalid format type.', 'consumer create: unknown `format`'),
  consumerConfigConstraint: detailed(422, 40001, 'Invalid consumer configuration. It does not abide by the constraints: <detail>', 'consumer create: `fetch.min.bytes` is out of range'),
  keySchemaMissing: fixed(422, 42201, 'Request includes keys but does not include key schema', 'v2 produce with a schema format'),
  valueSchemaMissing: fixed(422, 42202, 'Request includes values but does not include value schema', 'v2 produce with a schema format'),
  jsonConversion: detailed(422, 42203, 'Conversion of JSON to Object failed: <detail>', 'kept for completeness, never answered'),
  invalidConsumerConfig: detailed(422, 42204, 'Invalid consumer configuration: <detail>', 'consumer create: a setting has an invalid value'),
  invalidSchema: detailed(422, 42205, 'Invalid schema: <detail>', 'a schema cannot be parsed or found'),
  payload: detailed(422, 42206, 'Payload error. <detail>', 'v3: the body is missing or not usable; a schema without a registry'),
  serializing: detailed(422, 42207, 'Error serializing message. <detail>', 'the schema registry failed or there is none'),
  invalidBatch: detailed(422, 42208, '<detail>', 'v3 records:batch: the envelope is not valid'),

  rateLimited: fixed(429, 429, 'Request rate limit exceeded: The rate limit of requests per second has been exceeded.', 'more requests than `rate.limit.*` allows'),
  tooManyInstances: detailed(429, 429, '<detail>', 'more consumer instances than configured'),
  tooManyReads: detailed(429, 429, '<detail>', 'too many reads wait for one consumer instance'),
  throttled: detailed(429, 42901, '<detail>', 'Kafka asks to slow down'),
  headerTooLarge: fixed(431, 431, 'HTTP 431 Request Header Fields Too Large', 'the header is larger than `max.request.header.size`'),

  internal: fixed(500, 500, 'Internal Server Error', 'a fault of the proxy; its log says more'),
  unexpectedFromKafka: fixed(500, 500, 'Unexpected non-Kafka exception returned by Kafka', 'a fault of the Kafka client'),
  kafka: detailed(500, 50002, '<detail>', 'Kafka refused, and a retry will not help'),
  kafkaRetriable: detailed(500, 50003, '<detail>', 'Kafka could not, and a retry may help'),
  onlySslEndpoints: fixed(500, 50101, 'Only SSL endpoints were found for the broker, but SSL is not currently supported.', 'kept for completeness, never answered'),
  kafkaProtocol: detailed(502, 502, 'Kafka protocol version not supported.: <detail>', 'the brokers are too old for the request'),
  overloaded: detailed(503, 503, 'Service Unavailable: <detail>', 'more requests or bytes at one time than configured; `Retry-After` says when to come again'),
  noSimpleConsumer: fixed(503, 50301, 'No SimpleConsumer is available at the time in the pool. The request can be retried. You can increase the pool size or the pool timeout to avoid this error in the future.', 'kept for completeness, never answered'),
  brokerNotAvailable: detailed(503, 50302, '<detail>', 'the broker is not available'),
  timeout: fixed(504, 504, 'HTTP 504 Gateway Timeout', 'the request took longer than `request.timeout.ms`'),
  leaderNotAvailable: fixed(404, 40404, 'Leader not available.', 'kept for completeness, never answered'),
  groupNotFound: fixed(404, 40405, 'Consumer group id not found.', 'kept for completeness, never answered'),
} as const;
