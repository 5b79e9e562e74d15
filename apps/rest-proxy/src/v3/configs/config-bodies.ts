import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ConfigChange } from '#libs/kafka/kafka-admin.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import type { RestRequest } from '../../http/rest-request.ts';
import { UpdateConfigDto, type AlterEntryDto } from './alter-configs.dto.ts';

/** The error for a body that is absent or null. */
export function missingBody(): RestError {
  return restErrors.payload('Null input provided. Data is required.');
}

/** The change that PUT of one entry asks for. @throws {RestError} as readRequiredJson; 42206 without a body */
export async function readUpdate(req: RestRequest, name: string): Promise<ConfigChange> {
  const { value } = await readRequiredJson(req, UpdateConfigDto, missingBody);
  return { name, operation: 'SET', value: value ?? null };
}

export function configChange({ name, value, operation = 'SET' }: AlterEntryDto): ConfigChange {
  return operation === 'DELETE' ? { name, operation } : { name, operation, value: value ?? null };
}

/** @param resource e.g. `TOPIC t1` */
export function configNotFound(name: string, resource: string, clusterId: string): RestError {
  return restErrors.entityNotFound(`Config ${name} cannot be found for ${resource} in cluster ${clusterId}.`);
}
