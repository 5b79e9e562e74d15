import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { regressions } from './regressions.ts';
import { simulate, type Result } from './simulation.ts';
import type { Controls } from './surroundings.ts';

const seeds = 2_000;
const atATime = 200;
const timeoutMs = 120_000;
/** A control goes wrong in one of so many. */
const controlSeeds = 60;

describe('replicas in simulation', { timeout: timeoutMs }, () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error', 'warn', 'log', 'fatal']));

  it('do the same again with the same seed, and something else with another', async () => {
    const first = await simulate(3);

    expect(await simulate(3)).toEqual(first);
    expect((await simulate(4)).hash).not.toBe(first.hash);
  });

  it('know no time and no chance but those of the simulation', async () => {
    const asked: string[] = [];
    const restores = [
      watch(performance, 'now', asked),
      watch(Date, 'now', asked),
      watch(Math, 'random', asked),
      watch(globalThis, 'setTimeout', asked),
    ];
    try {
      await simulate(5);
    } finally {
      for (const restore of restores) restore();
    }

    expect(asked).toEqual([]);
  });

  if (regressions.length > 0) {
    it.each(regressions)('pass seed %i, which failed once: %s', async (seed) => {
      await expectSound(seed);
    });
  }

  it.each(Array.from({ length: seeds / atATime }, (_, block) => 1 + block * atATime))(
    `keep every promise with ${atATime} seeds from %i`,
    async (from) => {
      for (let seed = from; seed < from + atATime; seed++) await expectSound(seed);
    },
  );

  it('lose records when the owner confirms what only another replica has', async () => {
    const found = await violationsWith({ ownerConfirms: true });

    expect(found).toContainEqual(expect.stringMatching(/committed .* was handed to nobody/));
    expect(found).toContainEqual(expect.stringMatching(/saved .* was handed to nobody/));
  });

  it('go on with two owners when nobody is fenced', async () => {
    const found = await violationsWith({ noFencing: true });

    expect(found).toContainEqual(expect.stringMatching(/is held by n\d and n\d/));
  });
});

async function expectSound(seed: number): Promise<void> {
  const { plan, violations } = await simulate(seed);
  if (violations.length === 0) return;
  expect.fail(await storyOf(seed, plan, violations));
}

/** The seed, what was wrong, and what happened before. */
async function storyOf(seed: number, plan: Result['plan'], violations: readonly string[]): Promise<string> {
  const { lines } = await simulate(seed, { keepsLines: true });
  const at = lines.findIndex((line) => line.includes('VIOLATION'));
  const before = lines.slice(Math.max(0, at - mostLines), at + 1);
  return [
    `seed ${seed}: npm run simulate -- --seed ${seed}`,
    JSON.stringify(plan),
    ...violations.slice(0, 5),
    ...before,
  ].join('\n');
}

const mostLines = 40;

async function violationsWith(controls: Controls): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = 1; seed <= controlSeeds; seed++) {
    found.push(...(await simulate(seed, { controls })).violations);
  }
  return found;
}

/** Lines of a stack that are in the project's own code, and not in this file. */
function ownLines(stack = ''): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /\/(libs|test\/simulation)\//.test(line) && !line.includes('.spec.ts'));
}

/** Notes who of the project calls it. @returns restores it */
function watch(owner: object, name: string, asked: string[]): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const original: unknown = Reflect.get(owner, name);
  const value = (...given: unknown[]): unknown => {
    asked.push(...ownLines(new Error(name).stack));
    return typeof original === 'function' ? Reflect.apply(original, owner, given) : undefined;
  };
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}
