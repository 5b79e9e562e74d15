import { restErrors } from '#libs/errors/rest-errors.ts';
import { json } from '../http/media-types.ts';
import type {
  ApiParameter,
  ApiRequestBody,
  ApiResponse,
  ApiResponses,
  ApiSchema,
} from '../openapi/openapi-types.ts';
import {
  bodyErrors,
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  ok,
  schemaRef,
  type DocumentedError,
} from '../openapi/responses.ts';

/** Examples show the resources of this cluster. */
export const exampleClusterId = 'MkU3OEVBNTcwNTJENDM2Qg';
export const exampleCluster = `http://localhost:8082/v3/clusters/${exampleClusterId}`;
export const exampleCrn = `crn:///kafka=${exampleClusterId}`;

/** The answers of an operation of API v3: those for when all is well, and every error. */
export function v3Responses(whenWell: ApiResponses, errors: readonly DocumentedError[]): ApiResponses {
  return {
    ...whenWell,
    ...errorResponses(
      [json],
      [...commonErrors, ...errors, ...kafkaErrors, [restErrors.throttled, 'The quota is used up.']],
    ),
  };
}

/** 200 with a body. @param schema name of it */
export function okJson(description: string, schema: string, example: unknown): ApiResponse {
  return ok(description, content([json], schemaRef(schema), { example }));
}

/** @param examples by name; the first is one that succeeds */
export function jsonBody(schema: string, examples: Readonly<Record<string, unknown>>): ApiRequestBody {
  return { required: true, content: content([json], schemaRef(schema), examples) };
}

export const wrongCluster: DocumentedError = [restErrors.entityNotFound, 'Cluster nope cannot be found.'];

/** What every operation with a JSON body may answer besides. */
export const v3BodyErrors: readonly DocumentedError[] = [
  ...bodyErrors,
  [restErrors.payload, 'Null input provided. Data is required.'],
  [restErrors.unrecognizedField, 'surprise'],
  [restErrors.unprocessable, 'data[0] must not be null'],
];

export const pageParameters: readonly ApiParameter[] = [
  {
    name: 'page_size',
    in: 'query',
    required: false,
    description: 'Extension: most items of a page, up to 10,000. The whole list without it.',
    schema: { type: 'integer', format: 'int32', minimum: 1 },
  },
  {
    name: 'page_token',
    in: 'query',
    required: false,
    description: 'Extension: where the page begins. Follow `metadata.next` instead of making one.',
    schema: { type: 'string' },
  },
];

export const brokerIdParameter: ApiParameter = {
  name: 'brokerId',
  in: 'path',
  required: true,
  description: 'Id of the broker.',
  schema: { type: 'integer', format: 'int32' },
  example: 1,
};

export function configNameParameter(example: string): ApiParameter {
  return {
    name: 'name',
    in: 'path',
    required: true,
    description: 'Name of the configuration entry.',
    schema: { type: 'string' },
    example,
  };
}

export const locationHeader = {
  Location: { description: 'Where the resource is.', schema: { type: 'string' as const } },
};

export const text: ApiSchema = { type: 'string' };
export const int32: ApiSchema = { type: 'integer', format: 'int32' };
export const bool: ApiSchema = { type: 'boolean' };
