/**
 * Plays many seeds: npm run simulate -- --seeds 20000 --from 1
 *
 * --seed N plays one and prints its history · --control ownerConfirms|noFencing leaves something out
 */
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    control: { type: 'string' },
  },
});

Logger.overrideLogger(false);
const controls = {
  ownerConfirms: values.control === 'ownerConfirms',
  noFencing: values.control === 'noFencing',
};

if (values.seed !== undefined) {
  const { events, hash, lines, plan, violations } = await simulate(Number(values.seed), {
    controls,
    keepsLines: true,
  });
  console.log(lines.join('\n'));
  console.log(JSON.stringify(plan));
  console.log(`${events} events, hash ${hash}`);
  console.log(violations.join('\n') || 'nothing is wrong');
} else {
  const from = Number(values.from);
  const count = Number(values.seeds);
  const startedAt = performance.now();
  let events = 0;
  let failed = 0;
  for (let seed = from; seed < from + count; seed++) {
    const result = await simulate(seed, { controls });
    events += result.events;
    if (result.violations.length === 0) continue;
    failed++;
    const { faults, kind } = result.plan;
    console.log(`seed ${seed} (${kind}: ${faults.map(({ name }) => name).join(', ')})`);
    for (const violation of result.violations.slice(0, 4)) console.log(`    ${violation}`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${count} seeds, ${failed} failed, ${events} events in ${seconds.toFixed(1)} s`);
  process.exitCode = failed > 0 ? 1 : 0;
}
