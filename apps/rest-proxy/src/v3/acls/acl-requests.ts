import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { AclFilter, NewAcl } from '#libs/kafka/kafka-acls.ts';
import { queryOf, type RestRequest } from '../../http/rest-request.ts';
import { operations, patternTypes, permissions, resourceTypes } from './acl-words.ts';
import type { CreateAclDto } from './create-acl.dto.ts';

/** @throws {RestError} 400 for words that describe many rules instead of one */
export function newAcl(body: CreateAclDto): NewAcl {
  if (isVague(body.resource_type)) throw cannotBe('resource_type', 'ANY');
  if (isVague(body.pattern_type)) throw cannotBe('pattern_type', body.pattern_type);
  if (isVague(body.operation)) throw cannotBe('operation', 'ANY');
  if (isVague(body.permission)) throw cannotBe('permission', 'ANY');
  return {
    resourceType: body.resource_type,
    resourceName: body.resource_name,
    patternType: body.pattern_type,
    principal: body.principal,
    host: body.host,
    operation: body.operation,
    permission: body.permission,
  };
}

function isVague(word: string): boolean {
  return word === 'ANY' || word === 'MATCH' || word === 'UNKNOWN';
}

/** Which rules a query asks for: all where it is silent. @throws {RestError} 404 for a word that there is not, 400 for UNKNOWN */
export function searchFilter(req: RestRequest): AclFilter {
  return filterOf(req, 'ANY', 'UNKNOWN');
}

/**
 * Which rules a query wants deleted.
 *
 * @throws {RestError} 404 for a word that there is not; 400 where type, pattern, operation or permission is not said
 */
export function deletionFilter(req: RestRequest): AclFilter {
  return filterOf(req, 'UNKNOWN', 'unspecified or UNKNOWN');
}

function filterOf(req: RestRequest, byDefault: 'ANY' | 'UNKNOWN', refused: string): AclFilter {
  const query = queryOf(req);
  const text = (name: string): string | null => query.get(name) || null;
  const word = <Word extends string>(
    name: string,
    type: string,
    words: readonly Word[],
  ): Word | 'ANY' | 'UNKNOWN' => {
    const given = query.get(name);
    if (given === null) return byDefault;
    const found = words.find((candidate) => candidate === given.toUpperCase());
    if (found === undefined) {
      throw restErrors.entityNotFound(`The valid values for ${type} do not include '${given}'`);
    }
    return found;
  };
  const filter = {
    resourceType: word('resource_type', 'ResourceType', resourceTypes),
    resourceName: text('resource_name'),
    patternType: word('pattern_type', 'PatternType', patternTypes),
    principal: text('principal'),
    host: text('host'),
    operation: word('operation', 'Operation', operations),
    permission: word('permission', 'Permission', permissions),
  };
  if (filter.resourceType === 'UNKNOWN') throw cannotBe('resource_type', refused);
  if (filter.patternType === 'UNKNOWN') throw cannotBe('pattern_type', refused);
  if (filter.operation === 'UNKNOWN') throw cannotBe('operation', refused);
  if (filter.permission === 'UNKNOWN') throw cannotBe('permission', refused);
  return filter;
}

function cannotBe(field: string, what: string): RestError {
  return restErrors.malformed(`${field} cannot be ${what}`);
}
