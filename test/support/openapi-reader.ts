import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface DocumentedParameter {
  readonly name: string;
  readonly in: string;
  readonly example: unknown;
}

export interface RequestExample {
  readonly mediaType: string;
  readonly name: string;
  readonly value: unknown;
}

/** One operation, read for tests. */
export interface DocumentedOperation {
  readonly path: string;
  /** Upper case. */
  readonly method: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly DocumentedParameter[];
  readonly statuses: readonly string[];
  readonly requestTypes: readonly string[];
  readonly requestExamples: readonly RequestExample[];
}

type Json = Readonly<Record<string, unknown>>;

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Reads an OpenAPI document, for tests that hold it against the proxy. */
export class OpenApiReader {
  readonly operations: readonly DocumentedOperation[];
  readonly #document: Json;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: unknown) {
    this.#document = object(document);
    addFormats.default(this.#ajv);
    for (const format of ['int32', 'int64']) this.#ajv.addFormat(format, true);
    this.#ajv.addSchema({ $id: 'document', ...this.#document });
    this.operations = Object.entries(object(this.#document['paths'])).flatMap(([path, item]) =>
      Object.entries(object(item))
        .filter(([method]) => methods.includes(method))
        .map(([method, operation]) => operationOf(path, method, object(operation))),
    );
  }

  clone(): Record<string, unknown> {
    return structuredClone(this.#document);
  }

  tagNames(): readonly string[] {
    return array(this.#document['tags']).map((tag) => text(object(tag)['name']));
  }

  /** References that lead nowhere. */
  brokenReferences(): readonly string[] {
    const broken: string[] = [];
    walk(this.#document, (node) => {
      const reference = node['$ref'];
      if (typeof reference === 'string' && this.#at(reference) === undefined) broken.push(reference);
    });
    return broken;
  }

  /** Examples of bodies that their schema does not allow, with the reason. */
  wrongExamples(): readonly string[] {
    const wrong: string[] = [];
    this.#eachContent((place, { schema, examples }) => {
      for (const [name, example] of Object.entries(object(examples ?? {}))) {
        const problem = this.#problem(schema, object(example)['value']);
        if (problem !== undefined) wrong.push(`${place} ${name}: ${problem}`);
      }
    });
    return wrong;
  }

  /** The error codes in examples of answers. */
  errorExamples(): readonly { readonly status: number; readonly errorCode: number }[] {
    const found: { status: number; errorCode: number }[] = [];
    this.#eachContent((place, { examples }) => {
      for (const example of Object.values(object(examples ?? {}))) {
        const value = object(example)['value'];
        const code = isObject(value) ? value['error_code'] : undefined;
        const status = Number(place.split(' ').at(-2));
        // Results of records that an answer of success tells of have codes of their own.
        if (typeof code === 'number' && status >= 300) found.push({ status, errorCode: code });
      }
    });
    return found;
  }

  /** Media types of the answer when all is well, in the order of the document. */
  answerTypes({ path, method }: DocumentedOperation): readonly string[] {
    const responses = object(this.#operation(path, method)['responses']);
    const status = Object.keys(responses).find((candidate) => candidate.startsWith('2')) ?? '';
    return Object.keys(object(object(responses[status])['content'] ?? {}));
  }

  /** Why an answer is not what the document says; undefined when it is. */
  answerProblem(
    { path, method }: DocumentedOperation,
    answer: { readonly status: number; readonly contentType: string | null; readonly json: unknown },
  ): string | undefined {
    const response = object(this.#operation(path, method)['responses'])[answer.status];
    if (response === undefined) return `status ${answer.status} is not documented`;
    const content = object(response)['content'];
    if (content === undefined) return answer.json === undefined ? undefined : 'there is a body';
    const type = (answer.contentType ?? '').split(';')[0] ?? '';
    const documented = object(content)[type];
    if (documented === undefined) return `${type} is not documented for status ${answer.status}`;
    return (
      this.#problem(object(documented)['schema'], answer.json) ??
      (answer.status < 300
        ? undefined
        : undocumentedCode(object(object(documented)['examples'] ?? {}), answer.json))
    );
  }

  #operation(path: string, method: string): Json {
    return object(object(object(this.#document['paths'])[path])[method.toLowerCase()]);
  }

  #problem(schema: unknown, value: unknown): string | undefined {
    // References of a schema are relative to the document.
    const inDocument: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
    const valid = this.#ajv.validate(object(inDocument), value);
    return valid ? undefined : this.#ajv.errorsText();
  }

  #eachContent(visit: (place: string, content: Json) => void): void {
    for (const [path, item] of Object.entries(object(this.#document['paths']))) {
      for (const [method, operation] of Object.entries(object(item))) {
        const { requestBody, responses } = object(operation);
        const bodies: [string, unknown][] = [['request', requestBody], ...Object.entries(object(responses))];
        for (const [name, body] of bodies) {
          if (!isObject(body) || body['content'] === undefined) continue;
          for (const [type, content] of Object.entries(object(body['content']))) {
            visit(`${method} ${path} ${name} ${type}`, object(content));
          }
        }
      }
    }
  }

  #at(reference: string): unknown {
    let node: unknown = this.#document;
    for (const step of reference.replace(/^#\//, '').split('/')) {
      node = isObject(node) ? node[step] : undefined;
    }
    return node;
  }
}

function operationOf(path: string, method: string, operation: Json): DocumentedOperation {
  const content = object(object(operation['requestBody'] ?? {})['content'] ?? {});
  return {
    path,
    method: method.toUpperCase(),
    operationId: text(operation['operationId']),
    summary: text(operation['summary'] ?? ''),
    tags: array(operation['tags'] ?? []).map(text),
    parameters: array(operation['parameters'] ?? []).map((parameter) => {
      const { name, in: place, example } = object(parameter);
      return { name: text(name), in: text(place), example };
    }),
    statuses: Object.keys(object(operation['responses'])),
    requestTypes: Object.keys(content),
    requestExamples: Object.entries(content).flatMap(([mediaType, body]) =>
      Object.entries(object(object(body)['examples'] ?? {})).map(([name, example]) => ({
        mediaType,
        name,
        value: object(example)['value'],
      })),
    ),
  };
}

/** An error code that none of the examples has. */
function undocumentedCode(examples: Json, answer: unknown): string | undefined {
  const code = isObject(answer) ? answer['error_code'] : undefined;
  if (code === undefined) return undefined;
  const codes = Object.values(examples).map((example) => object(object(example)['value'])['error_code']);
  return codes.includes(code) ? undefined : `error code ${JSON.stringify(code)} is not documented`;
}

function walk(node: unknown, visit: (node: Json) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (!isObject(node)) return;
  visit(node);
  for (const value of Object.values(node)) walk(value, visit);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  if (!isObject(value)) throw new TypeError(`Expected an object, got ${JSON.stringify(value)}`);
  return value;
}

function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`Expected an array, got ${JSON.stringify(value)}`);
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`Expected a text, got ${JSON.stringify(value)}`);
  return value;
}
