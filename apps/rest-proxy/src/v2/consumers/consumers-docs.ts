import { restErrors } from '#libs/errors/rest-errors.ts';
import { binaryV2Json, jsonV2Json, kafkaV2Json } from '../../http/media-types.ts';
import type { ApiParameter, ApiRequestBody, ApiResponses } from '../../openapi/openapi-types.ts';
import {
  bodyErrors,
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  schemaRef,
  type DocumentedError,
} from '../../openapi/responses.ts';

export const groupParameter: ApiParameter = {
  name: 'group',
  in: 'path',
  required: true,
  description: 'Name of the consumer group.',
  schema: { type: 'string', minLength: 1 },
  example: 'my-group',
};

/** The path of a consumer instance. */
export const instanceParameters: ApiParameter[] = [
  groupParameter,
  {
    name: 'instance',
    in: 'path',
    required: true,
    description: 'Id of the instance, as its creation gave it.',
    schema: { type: 'string', minLength: 1 },
    example: 'my-instance',
  },
];

/** A body of the control-plane endpoints. @param examples by name */
export function controlBody(
  schema: string,
  required: boolean,
  examples: Readonly<Record<string, unknown>>,
): ApiRequestBody {
  return { required, content: content([kafkaV2Json], schemaRef(schema), examples) };
}

const instanceErrors: readonly DocumentedError[] = [...commonErrors, restErrors.consumerInstanceNotFound];

/** Of an operation on an instance. */
export function instanceErrorResponses(...more: readonly DocumentedError[]): ApiResponses {
  return errorResponses([kafkaV2Json], [...instanceErrors, ...more]);
}

/** Of an operation on an instance that takes a body. */
export function bodyErrorResponses(...more: readonly DocumentedError[]): ApiResponses {
  return instanceErrorResponses(
    ...bodyErrors,
    [restErrors.unprocessable, 'partitions must not be null'],
    [restErrors.unrecognizedField, 'topicz'],
    ...more,
  );
}

/** Of reads: errors have the type of the records. */
export function readErrorResponses(...more: readonly DocumentedError[]): ApiResponses {
  return errorResponses([kafkaV2Json, jsonV2Json, binaryV2Json], [...instanceErrors, ...more]);
}

/** Of an operation that asks the coordinator of the group. */
export const groupErrors: readonly DocumentedError[] = [
  [restErrors.kafkaAuthorization, 'Not authorized to access group: my-group'],
  ...kafkaErrors,
];

export const illegalSubscription: DocumentedError = [
  restErrors.illegalState,
  'Subscription to topics, partitions and pattern are mutually exclusive',
];
export const notAssigned: DocumentedError = [
  restErrors.illegalState,
  'No current assignment for partition test-0',
];
