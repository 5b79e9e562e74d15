import { inject } from 'vitest';

export type SharedServer = 'kafka' | 'registry' | 'redis';

/**
 * The bootstrap servers of the broker that all test files of a run share; the first call starts it.
 *
 * Topics and groups need names of their own: see unique-name.ts. A test that stops brokers starts a cluster of
 * its own with `startKafka` of scripts/stack/kafka-cluster.ts.
 */
export function sharedKafka(): Promise<string> {
  return ask('kafka');
}

/** The URL, with its path, of the schema registry that all test files of a run share. */
export function sharedRegistry(): Promise<string> {
  return ask('registry');
}

/**
 * The URL of the Redis that all test files of a run share.
 *
 * @public
 */
export function sharedRedis(): Promise<string> {
  return ask('redis');
}

async function ask(server: SharedServer): Promise<string> {
  const answer = await fetch(`${inject('sharedServers')}/${server}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
