import type { SecureContextOptions } from 'node:tls';
import type { NameStrategy } from './subject-name-strategy.ts';

/** How the proxy shows a registry who it is, beside a client certificate. */
export type RegistryAuthentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: () => string | Promise<string> };

export interface RegistryConnection {
  /** At least one, with their paths. Tried in turn when one does not answer. Without user and password in them. */
  readonly urls: readonly string[];
  readonly authentication: RegistryAuthentication;
  /** For https; undefined for what Node trusts. */
  readonly tls: (SecureContextOptions & { readonly checkServerIdentity?: () => undefined }) | undefined;
  readonly connectTimeoutMs: number;
  /** How long one URL may take to answer. */
  readonly requestTimeoutMs: number;
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RegistryCaches {
  /** Most schemas that are remembered, by id and by subject; the least used go first. */
  readonly maxSchemas: number;
  /** How long the latest version of a subject is taken for the latest. */
  readonly latestTtlMs: number;
  /** How long what the registry did not find, or refused, is not asked for again. */
  readonly failureTtlMs: number;
}

/** Everything about the registry that can be configured. Holds secrets. */
export interface SchemaRegistrySettings {
  readonly connection: RegistryConnection;
  readonly caches: RegistryCaches;
  /** Whether a raw schema that a subject does not have is registered. */
  readonly autoRegister: boolean;
  /** Whether the registry is asked to compare schemas by their meaning, as its `normalize` parameter does. */
  readonly normalize: boolean;
  readonly keySubjectNames: NameStrategy;
  readonly valueSubjectNames: NameStrategy;
}
