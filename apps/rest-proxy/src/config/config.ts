import type { KafkaSettings } from '#libs/kafka/kafka-settings.ts';
import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';
import type { SchemaRegistrySettings } from '#libs/schema-registry/schema-registry-settings.ts';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { inspect } from 'node:util';

/** One address that the proxy listens on. */
export interface Listener {
  /** Lower case; the scheme where the operator gave no name. */
  readonly name: string;
  readonly protocol: 'http' | 'https';
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** What `https.createServer` takes; undefined for http. */
  readonly tls: TlsOptions | undefined;
}

/** The authority that absolute URLs of one scheme show. */
export interface AdvertisedListener {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  /** undefined where the operator gave none: the URL then has none either. */
  readonly port: number | undefined;
}

/** One step of `response.http.headers.config`. */
export interface ResponseHeaderRule {
  /** `add` and `set` take a text; the date forms a number of milliseconds after now. */
  readonly action: 'add' | 'set' | 'addDate' | 'setDate';
  readonly name: string;
  readonly value: string;
}

export interface CorsConfig {
  /** Empty: CORS is off. `*` or patterns like `https://*.example.com`. */
  readonly allowOrigin: readonly string[];
  /** Empty: Jetty's GET, POST, HEAD. */
  readonly allowMethods: readonly string[];
  /** Empty: X-Requested-With, Content-Type, Accept, Origin. */
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
}

export interface HttpConfig {
  readonly listeners: readonly Listener[];
  readonly advertisedListeners: readonly AdvertisedListener[];
  /** Host of absolute URLs when no listener is advertised; "" for the request's own. */
  readonly hostName: string;
  /** Addresses and CIDR ranges whose forwarded headers are believed; empty for none. */
  readonly trustedProxies: readonly string[];
  /** Bytes of a request body, after decompression. */
  readonly maxRequestBodyBytes: number;
  readonly maxRequestHeaderBytes: number;
  /** How long a connection may be silent. */
  readonly idleTimeoutMs: number;
  /** How long a request may take in all; 0 for no limit. */
  readonly requestTimeoutMs: number;
  /** Connections at one time, of all listeners; 0 for no limit. */
  readonly connectionLimit: number;
  /** Requests at one time, beyond which 503 is answered; 0 for no limit. */
  readonly maxInflightRequests: number;
  /** Streams of records at one time, beyond which 503 is answered; 0 for no limit. */
  readonly maxOpenStreams: number;
  /** Bytes of bodies in memory at one time, received or waiting to be sent, beyond which 503 is answered; 0 for no limit. */
  readonly maxInflightBytes: number;
  /** How long a connection stays open for its next request. */
  readonly keepAliveTimeoutMs: number;
  readonly compressionEnable: boolean;
  readonly shutdownGracefulMs: number;
  /** Content types of errors that came before negotiation, in order of preference. */
  readonly mediaTypePreferred: readonly string[];
  readonly mediaTypeDefault: string;
  readonly responseHeaders: readonly ResponseHeaderRule[];
  readonly nosniff: boolean;
  /** Strict-Transport-Security on https listeners. */
  readonly hsts: boolean;
  readonly rejectOptions: boolean;
  readonly cors: CorsConfig;
}

/** Most records a second, and most bytes of their JSON. */
export interface ProduceRate {
  readonly records: number;
  readonly bytes: number;
}

/** Producing records through API v3. */
export interface V3ProduceConfig {
  readonly maxBatchEntries: number;
  /** Bytes of one record's JSON. */
  readonly maxRecordBytes: number;
  /** A stream takes no more records after this. */
  readonly streamMaxDurationMs: number;
  /** It ends so long after that. */
  readonly streamGracePeriodMs: number;
  /** Of the whole process, all of them at one time; empty for no limit. */
  readonly rates: readonly ProduceRate[];
}

export interface ApiConfig {
  readonly v2Enable: boolean;
  readonly v3Enable: boolean;
  /** Names of endpoints, e.g. `api.v2.topics.list` or `api.v2.topics.*`; empty for all. */
  readonly endpointsAllowlist: readonly string[];
  readonly endpointsBlocklist: readonly string[];
  /** Record headers in v2 produce and consume. */
  readonly recordHeadersEnable: boolean;
  /** Record timestamps in v2 produce and consume. */
  readonly recordTimestampsEnable: boolean;
  /** Ids of the schemas of key and value in v2 consume. */
  readonly recordSchemaIdsEnable: boolean;
  readonly maxRecordsPerRequest: number;
  /** Null data with a schema is Kafka's null; otherwise it is null by the schema. */
  readonly nullWithSchemaIsTombstone: boolean;
  /** Avro's dates, times and decimals are shown as text, not as the numbers and bytes they are made of. */
  readonly avroLogicalTypesReadable: boolean;
  /** Authority of the resource names (CRNs) of API v3. */
  readonly resourceNameAuthority: string;
  readonly v3Produce: V3ProduceConfig;
}

/** The proxy's own part of the consumer API; the group member's part is `kafka.consumerConfig`. */
export interface ConsumersConfig {
  /** Most that a read waits; a request may ask for less. */
  readonly requestTimeoutMs: number;
  /** Most bytes that a read returns; a request may ask for less. */
  readonly requestMaxBytes: number;
  /** An instance is closed this long after its last request. */
  readonly instanceTimeoutMs: number;
  /**
   * When a read is done before its time: with more than this many bytes.
   * undefined: as soon as there is a record. -1: only with the time or `requestMaxBytes`.
   */
  readonly fetchMinBytes: number | undefined;
  readonly maxInstances: number;
  readonly maxInstancesPerGroup: number;
}

/** What operators and other replicas ask, apart from the clients. */
export interface InternalConfig {
  /** Empty: none. */
  readonly listeners: readonly Listener[];
  /** The operator has named them: without them there is no start. */
  readonly required: boolean;
}

/** Several replicas that share their consumer instances. */
export interface ReplicasConfig {
  /** URL of the internal listener as the other replicas reach it. */
  readonly address: string;
  readonly leaseMs: number;
  readonly renewMs: number;
  /** Replicas show each other certificates, and one that is trusted will do in the place of a secret. */
  readonly mutualTls: boolean;
  readonly hop: {
    /** What is sent: the first of those below. Empty: there is none. */
    readonly secret: string;
    /** Any of them proves that a request is from another replica. */
    readonly acceptedSecrets: readonly string[];
    /** What is trusted and shown, where addresses are https. */
    readonly tls: SecureContextOptions | undefined;
    /** The host of an address must be in the certificate. */
    readonly checksHost: boolean;
  };
}

export interface MetricsConfig {
  /** Topics that are counted by themselves. */
  readonly topics: readonly string[];
}

export interface LoggingConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** One line a request. */
  readonly requestLog: boolean;
  /** Errors of our own are told to the client with their stack. */
  readonly debug: boolean;
}

export interface ConfigValues {
  /** Server id; part of generated consumer instance names. */
  readonly id: string;
  readonly http: HttpConfig;
  readonly api: ApiConfig;
  readonly consumers: ConsumersConfig;
  readonly kafka: KafkaSettings;
  /** undefined: schema formats are off. */
  readonly schemaRegistry: SchemaRegistrySettings | undefined;
  /** undefined: there is one replica. */
  readonly redis: RedisSettings | undefined;
  readonly internal: InternalConfig;
  /** undefined: this is the only one. */
  readonly replicas: ReplicasConfig | undefined;
  readonly metrics: MetricsConfig;
  readonly logging: LoggingConfig;
}

/**
 * Everything that can be configured, checked and typed. Made by `readConfig`.
 *
 * Frozen. Its parts hold secrets: log `describe()`, which is also what JSON and the inspector make of the whole.
 */
export class Config implements ConfigValues {
  readonly id: string;
  readonly http: HttpConfig;
  readonly api: ApiConfig;
  readonly consumers: ConsumersConfig;
  readonly kafka: KafkaSettings;
  readonly schemaRegistry: SchemaRegistrySettings | undefined;
  readonly redis: RedisSettings | undefined;
  readonly internal: InternalConfig;
  readonly replicas: ReplicasConfig | undefined;
  readonly metrics: MetricsConfig;
  readonly logging: LoggingConfig;
  /** What the operator should know, one line each, without secrets. */
  readonly warnings: readonly string[];
  readonly #shown: Readonly<Record<string, string>>;

  /** @param shown the settings that were given, as they may be logged */
  constructor(values: ConfigValues, warnings: readonly string[], shown: Readonly<Record<string, string>>) {
    this.id = values.id;
    this.http = frozen(values.http);
    this.api = frozen(values.api);
    this.consumers = frozen(values.consumers);
    this.kafka = frozen(values.kafka);
    this.schemaRegistry = frozen(values.schemaRegistry);
    this.redis = frozen(values.redis);
    this.internal = frozen(values.internal);
    this.replicas = frozen(values.replicas);
    this.metrics = frozen(values.metrics);
    this.logging = frozen(values.logging);
    this.warnings = frozen(warnings);
    this.#shown = frozen(shown);
    Object.freeze(this);
  }

  /** The settings that were given, by key; values not known to be harmless are shown as `[hidden]`. */
  describe(): Readonly<Record<string, string>> {
    return this.#shown;
  }

  toJSON(): unknown {
    return this.describe();
  }

  [inspect.custom](): unknown {
    return this.describe();
  }
}

/** Freezes plain objects and arrays all the way down; others, as secure contexts, are left alone. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
