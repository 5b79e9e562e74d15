import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWhenStale } from '../../scripts/build.ts';
import { KafkaServers } from './replicas/kafka-servers.ts';
import { runScenario } from './replicas/run-scenario.ts';
import { killForwarder, killOwner, roll } from './replicas/scenarios/deaths.ts';
import { createTwice, groupOfFive } from './replicas/scenarios/instances.ts';
import { redisFlush } from './replicas/scenarios/redis-faults.ts';

let kafka: KafkaServers;

beforeAll(async () => {
  if (!buildWhenStale()) throw new Error('the build fails');
  kafka = await KafkaServers.start();
}, 240_000);

afterAll(async () => {
  await kafka.stop();
});

// All scenarios, and longer: npm run chaos.
describe('three replicas behind a balancer', () => {
  it.each([killOwner, killForwarder, roll, redisFlush, createTwice, groupOfFive])(
    'lose nothing and show nothing: $name',
    async (scenario) => {
      const seed = Date.now() % 1_000_000;
      const { delivered, violations } = await runScenario(kafka, scenario, { seed, short: true });

      expect(violations, `npm run chaos -- --short --only ${scenario.name} --seed ${seed}`).toEqual([]);
      expect(delivered).toBeGreaterThan(500);
    },
    180_000,
  );

  it('are found out when they confirm what the client has not got', async () => {
    const { lost, violations } = await runScenario(kafka, killForwarder, {
      seed: 1,
      short: true,
      planted: 'ack',
    });

    expect(violations).not.toEqual([]);
    expect(lost).toBeGreaterThan(0);
  }, 180_000);
});
