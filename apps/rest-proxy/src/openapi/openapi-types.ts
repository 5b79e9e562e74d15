import type { OpenAPIObject } from '@nestjs/swagger';

// What @nestjs/swagger knows of the document. Its types load nothing at run time.
type Operation = NonNullable<PathItem['get']>;
type Components = NonNullable<OpenAPIObject['components']>;

export type ApiDocument = OpenAPIObject;
export type PathItem = OpenAPIObject['paths'][string];
export type ApiSchema = NonNullable<Components['schemas']>[string];
export type ApiParameter = NonNullable<Operation['parameters']>[number];
export type ApiRequestBody = NonNullable<Operation['requestBody']>;
export type ApiResponses = Operation['responses'];
export type ApiResponse = NonNullable<Operation['responses'][string]>;
export type ApiContent = Exclude<ApiRequestBody, { $ref: string }>['content'];
export type ApiExamples = NonNullable<ApiContent[string]['examples']>;
export type ApiHeaders = NonNullable<Exclude<ApiResponse, { $ref: string }>['headers']>;

/** One operation, as the document shows it. Everything but paths and methods, which are the router's. */
export interface OperationDoc {
  /** Unique in the document; generated clients name their methods after it. */
  readonly operationId: string;
  readonly tags: [Tag];
  /** A few words for the list of operations. */
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly parameters?: ApiParameter[];
  readonly requestBody?: ApiRequestBody;
  readonly responses: ApiResponses;
}

/** Groups of operations; build-document.ts has their order and descriptions. */
export type Tag =
  | 'Topics (v2)'
  | 'Partitions (v2)'
  | 'Brokers (v2)'
  | 'Consumers (v2)'
  | 'Clusters (v3)'
  | 'Records (v3)'
  | 'Topics (v3)'
  | 'Topic configurations (v3)'
  | 'Partitions (v3)'
  | 'Brokers (v3)'
  | 'Broker configurations (v3)'
  | 'ACLs (v3)'
  | 'Consumer groups (v3)'
  | 'Service';
