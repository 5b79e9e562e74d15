import { readFileSync } from 'node:fs';

const defaultPort = 8082;

/** What the start-up needs to know of the proxy's configuration; the proxy itself reads all of it. */
export interface ProxySetting {
  /** `http://localhost:8082`, the first listener as one reaches it from this machine. */
  readonly baseUrl: string;
  readonly port: number;
  readonly bootstrapServers: string | undefined;
  readonly schemaRegistryUrl: string | undefined;
}

/**
 * Reads listeners, Kafka and registry from the environment and from the properties file, if one is given; the
 * environment wins, as in the proxy.
 */
export function readProxySetting(
  environment: Readonly<Record<string, string | undefined>>,
  propertiesFile: string | undefined,
): ProxySetting {
  const fromFile =
    propertiesFile === undefined ? new Map() : properties(readFileSync(propertiesFile, 'utf8'));
  const value = (key: string): string | undefined =>
    environment[`KAFKA_REST_${key.toUpperCase().replaceAll('.', '_')}`] || fromFile.get(key) || undefined;
  const listener = value('listeners')?.split(',')[0]?.trim();
  const { scheme, host, port } = parseListener(listener, value('port'));
  return {
    baseUrl: `${scheme}://${host}:${port}`,
    port,
    bootstrapServers: value('bootstrap.servers'),
    schemaRegistryUrl: value('schema.registry.url'),
  };
}

/** Keys and values of a properties file; of its grammar only what plain values need. */
function properties(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).map((line) => /^\s*([^#!\s=:]+)\s*[=:]\s*(.*?)\s*$/.exec(line));
  return new Map(lines.flatMap((match) => (match?.[1] && match[2] ? [[match[1], match[2]]] : [])));
}

function parseListener(
  listener: string | undefined,
  port: string | undefined,
): { scheme: string; host: string; port: number } {
  const match = /^(https?):\/\/(\[[^\]]*\]|[^:/]*):(\d+)$/i.exec(listener ?? '');
  const host = match?.[2] ?? '';
  const anyHost = ['', '0.0.0.0', '[::]', '127.0.0.1', '[::1]'].includes(host);
  return {
    scheme: (match?.[1] ?? 'http').toLowerCase(),
    host: anyHost ? 'localhost' : host,
    // A port that is not a number is left to the proxy, which says so.
    port: Number(match?.[3] ?? port) || defaultPort,
  };
}
