import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp, type Answer } from '../support/contract-app.ts';

let app: ContractApp;
/** The URL of the rules. */
let url: string;
const acls = '/v3/clusters/fake-cluster/acls';

beforeAll(async () => {
  app = await ContractApp.start();
  url = app.url + acls;
});
afterAll(() => app.close());
beforeEach(() => {
  app.kafka.acls.acls.length = 0;
  app.kafka.acls.enabled = true;
});

const rule = {
  resource_type: 'TOPIC',
  resource_name: 't1',
  pattern_type: 'LITERAL',
  principal: 'User:a',
  host: '*',
  operation: 'READ',
  permission: 'ALLOW',
};

/** The recorded body. */
function golden(operation = 'READ'): string {
  return (
    `{"kind":"KafkaAcl","metadata":{"self":"${url}?resource_type=TOPIC&resource_name=t1&pattern_type=LITERAL` +
    `&principal=User%3Aa&host=*&operation=${operation}&permission=ALLOW"},"cluster_id":"fake-cluster",` +
    `"resource_type":"TOPIC","resource_name":"t1","pattern_type":"LITERAL","principal":"User:a","host":"*",` +
    `"operation":"${operation}","permission":"ALLOW"}`
  );
}

function goldenList(query: string, ...items: readonly string[]): string {
  return `{"kind":"KafkaAclList","metadata":{"self":"${url}?${query}","next":null},"data":[${items.join(',')}]}`;
}

const everything =
  'resource_type=ANY&resource_name=&pattern_type=ANY&principal=&host=&operation=ANY&permission=ANY';

function error(status: number, code: number, message: string): object {
  return { status, text: JSON.stringify({ error_code: code, message }) };
}

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return app.request(path, { method, headers: { 'Content-Type': 'application/json' }, body });
}

const noBody = error(422, 42206, 'Payload error. Null input provided. Data is required.');

describe('POST /v3/clusters/{cluster_id}/acls', () => {
  it('creates a rule and says where it is', async () => {
    const answer = await send('POST', acls, rule);

    expect(answer).toMatchObject({ status: 201, text: '' });
    expect(answer.headers.get('location')).toBe(
      `${url}?resource_type=TOPIC&resource_name=t1&pattern_type=LITERAL&principal=User%3Aa&host=*&operation=READ&permission=ALLOW`,
    );
    expect(answer.headers.get('content-length')).toBe('0');
    expect(answer.headers.has('content-type')).toBe(false);
    expect(await app.request(acls)).toMatchObject({ status: 200, text: goldenList(everything, golden()) });
  });

  it('leaves one that exists', async () => {
    await send('POST', acls, rule);

    expect(await send('POST', acls, rule)).toMatchObject({ status: 201 });
    expect(app.kafka.acls.acls).toHaveLength(1);
  });

  it.each([
    [{ resource_type: 'ANY' }, 'resource_type cannot be ANY'],
    [{ resource_type: 'UNKNOWN' }, 'resource_type cannot be ANY'],
    [{ pattern_type: 'MATCH' }, 'pattern_type cannot be MATCH'],
    [{ pattern_type: 'ANY' }, 'pattern_type cannot be ANY'],
    [{ operation: 'ANY' }, 'operation cannot be ANY'],
    [{ permission: 'UNKNOWN' }, 'permission cannot be ANY'],
    [
      { operation: 'read' },
      'Cannot deserialize value of type `Operation` from String "read": not one of the values accepted for Enum class: [UNKNOWN, ANY, ALL, READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE] at operation',
    ],
    [{ host: null }, 'Cannot construct instance of `CreateAclRequest`, problem: Null host at host'],
    [
      { resource_type: undefined },
      'Cannot construct instance of `CreateAclRequest`, problem: Null resourceType at resource_type',
    ],
  ])('refuses %j', async (change, message) => {
    expect(await send('POST', acls, { ...rule, ...change })).toMatchObject(error(400, 400, message));
    expect(app.kafka.acls.acls).toEqual([]);
  });

  it('refuses no body, and what it does not know', async () => {
    expect(await send('POST', acls)).toMatchObject(noBody);
    expect(await send('POST', acls, { ...rule, more: 1 })).toMatchObject(
      error(422, 422, 'Unrecognized field: more'),
    );
  });
});

describe('POST /v3/clusters/{cluster_id}/acls:batch', () => {
  it('creates rules', async () => {
    const data = [rule, { ...rule, operation: 'WRITE' }];

    expect(await send('POST', `${acls}:batch`, { data })).toMatchObject({ status: 204, text: '' });

    expect(await app.request(acls)).toMatchObject({
      text: goldenList(everything, golden(), golden('WRITE')),
    });
  });

  it('creates none when one is invalid', async () => {
    const data = [rule, { ...rule, operation: 'ANY' }];

    expect(await send('POST', `${acls}:batch`, { data })).toMatchObject(
      error(400, 400, 'operation cannot be ANY'),
    );
    expect(await send('POST', `${acls}:batch`, { data: [rule, {}] })).toMatchObject(
      error(
        400,
        400,
        'Cannot construct instance of `CreateAclRequest`, problem: Null resourceType at data[1].resource_type',
      ),
    );
    expect(app.kafka.acls.acls).toEqual([]);
  });

  it('takes an empty list, and refuses none', async () => {
    expect(await send('POST', `${acls}:batch`, { data: [] })).toMatchObject({ status: 204 });
    expect(await send('POST', `${acls}:batch`, {})).toMatchObject(
      error(422, 42206, 'Payload error. Empty input provided. Data is required.'),
    );
    expect(await send('POST', `${acls}:batch`)).toMatchObject(noBody);
  });
});

describe('GET /v3/clusters/{cluster_id}/acls', () => {
  beforeEach(async () => {
    const data = [{ ...rule, operation: 'WRITE' }, rule];
    await send('POST', `${acls}:batch`, { data });
  });

  it('searches, whatever the case of words', async () => {
    const query = 'resource_type=topic&operation=Write&principal=User:a&host=';

    expect(await app.request(`${acls}?${query}`)).toMatchObject({
      status: 200,
      text: goldenList(
        'resource_type=TOPIC&resource_name=&pattern_type=ANY&principal=User%3Aa&host=&operation=WRITE&permission=ANY',
        golden('WRITE'),
      ),
    });
  });

  it('shows a rule for a type of resource that typed clients do not know as one of type UNKNOWN', async () => {
    app.kafka.acls.acls.push({
      resourceType: 'USER',
      resourceName: 'User:b',
      patternType: 'LITERAL',
      principal: 'User:a',
      host: '*',
      operation: 'CREATE_TOKENS',
      permission: 'ALLOW',
    });

    expect(await app.request(`${acls}?resource_name=User:b`)).toMatchObject({
      status: 200,
      json: {
        data: [
          {
            metadata: { self: expect.stringContaining('?resource_type=UNKNOWN&resource_name=User%3Ab&') },
            resource_type: 'UNKNOWN',
            resource_name: 'User:b',
            operation: 'CREATE_TOKENS',
          },
        ],
      },
    });
  });

  it('has pages', async () => {
    const first = await app.request(`${acls}?resource_name=t1&page_size=1`);
    const { metadata } = first.json as { metadata: { next: string } };

    expect(first.json).toMatchObject({ data: [{ operation: 'READ' }] });
    expect(await app.request(metadata.next.replace(app.url, ''))).toMatchObject({
      json: { metadata: { next: null }, data: [{ operation: 'WRITE' }] },
    });
  });

  it.each([
    ['resource_type=bogus', 404, "The valid values for ResourceType do not include 'bogus'"],
    ['pattern_type=bogus', 404, "The valid values for PatternType do not include 'bogus'"],
    ['operation=CREATE_TOKENS', 404, "The valid values for Operation do not include 'CREATE_TOKENS'"],
    ['permission=', 404, "The valid values for Permission do not include ''"],
    ['resource_type=unknown', 400, 'resource_type cannot be UNKNOWN'],
    ['permission=UNKNOWN', 400, 'permission cannot be UNKNOWN'],
  ])('refuses ?%s', async (query, status, message) => {
    expect(await app.request(`${acls}?${query}`)).toMatchObject(error(status, status, message));
  });
});

describe('DELETE /v3/clusters/{cluster_id}/acls', () => {
  beforeEach(async () => {
    await send('POST', `${acls}:batch`, { data: [rule, { ...rule, operation: 'WRITE' }] });
  });

  it('deletes what matches, and says what that was', async () => {
    const query = 'resource_type=TOPIC&pattern_type=ANY&operation=READ&permission=any';

    expect(await send('DELETE', `${acls}?${query}`)).toMatchObject({
      status: 200,
      text: `{"data":[${golden()}]}`,
    });
    expect(await send('DELETE', `${acls}?${query}`)).toMatchObject({ status: 200, text: '{"data":[]}' });
    expect(await app.request(acls)).toMatchObject({ text: goldenList(everything, golden('WRITE')) });
  });

  it.each(['resource_type', 'pattern_type', 'operation', 'permission'])(
    'refuses a query without %s',
    async (name) => {
      const query = new URLSearchParams({
        resource_type: 'ANY',
        pattern_type: 'ANY',
        operation: 'ANY',
        permission: 'ANY',
      });
      query.delete(name);

      expect(await send('DELETE', `${acls}?${query.toString()}`)).toMatchObject(
        error(400, 400, `${name} cannot be unspecified or UNKNOWN`),
      );
      expect(app.kafka.acls.acls).toHaveLength(2);
    },
  );
});

describe('ACLs', () => {
  it('of another cluster are not found', async () => {
    const nope = '/v3/clusters/nope/acls';
    const expected = error(404, 404, 'Cluster nope cannot be found.');
    const all = 'resource_type=ANY&pattern_type=ANY&operation=ANY&permission=ANY';

    expect(await app.request(nope)).toMatchObject(expected);
    expect(await send('POST', nope, rule)).toMatchObject(expected);
    expect(await send('POST', `${nope}:batch`, { data: [rule] })).toMatchObject(expected);
    expect(await send('DELETE', `${nope}?${all}`)).toMatchObject(expected);
    expect(app.kafka.acls.acls).toEqual([]);
  });

  it('need an authorizer', async () => {
    app.kafka.acls.enabled = false;
    const expected = error(400, 40002, 'No Authorizer is configured.');

    expect(await app.request(acls)).toMatchObject(expected);
    expect(await send('POST', acls, rule)).toMatchObject(expected);
  });
});
