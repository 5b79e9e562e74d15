/**
 * Plays what can go wrong with replicas, each scenario so many times with seeds that follow one another, and judges
 * what the clients have seen. See CONTRIBUTING.md.
 *
 * --seed N (else by the clock) · --runs N (1) · --only name,name · --short · --list · --control: replicas with planted
 * faults, which have to be found
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KafkaServers } from '../test/cluster/replicas/kafka-servers.ts';
import { runScenario } from '../test/cluster/replicas/run-scenario.ts';
import type { PlantedFault } from '../test/cluster/replicas/deployment.ts';
import type { Scenario } from '../test/cluster/replicas/scenario.ts';
import { controls, scenarios } from '../test/cluster/replicas/scenarios/all.ts';
import { header, row } from '../test/cluster/replicas/table.ts';
import { buildWhenStale } from './build.ts';
import { logFile } from './stack/cache.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string', default: '1' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    control: { type: 'boolean', default: false },
  },
});
const names = values.only?.split(',');
const chosen = scenarios.filter(({ name }) => names?.includes(name) ?? true);
const unknown = names?.filter((name) => !scenarios.some((each) => each.name === name)) ?? [];
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const runs = Number(values.runs);

if (values.list) {
  for (const { name } of scenarios) console.log(name);
  process.exit(0);
}
if (unknown.length > 0 || !Number.isInteger(seed) || !Number.isInteger(runs)) {
  console.error(`What is meant? ${process.argv.slice(2).join(' ')}`);
  process.exit(2);
}
if (!buildWhenStale()) process.exit(1);

const plays = values.control ? controls : chosen.map((scenario) => ({ scenario, planted: undefined }));
console.log(`seed ${seed}, ${runs} ${runs === 1 ? 'run' : 'runs'} of ${plays.length} scenarios`);
let bad = 0;
const kafka = await KafkaServers.start();
try {
  console.log(header());
  for (let run = 0; run < runs; run += 1) {
    for (const { scenario, planted } of plays) await play(scenario, planted, seed + run);
  }
} finally {
  await kafka.stop();
}
console.log(bad === 0 ? 'As it should be.' : `${bad} of ${runs * plays.length} are not as they should be.`);
process.exit(bad === 0 ? 0 : 1);

async function play(scenario: Scenario, planted: PlantedFault | undefined, seed: number): Promise<void> {
  const options = { seed, short: values.short };
  const played = await runScenario(
    kafka,
    scenario,
    planted === undefined ? options : { ...options, planted },
  );
  console.log(row(scenario.name, seed, played));
  const isRed = played.violations.length > 0;
  if (isRed !== (planted !== undefined)) bad += 1;
  if (planted !== undefined) console.log(`    planted: ${planted}; ${isRed ? 'found' : 'NOT FOUND'}`);
  if (!isRed) return;
  for (const violation of played.violations) console.log(`    ${violation}`);
  const file = logFile(`chaos-${scenario.name}-${seed}`);
  writeFileSync(file, played.history.toString());
  console.log(`    history: ${file}`);
  if (planted !== undefined) return;
  const short = values.short ? ' --short' : '';
  console.log(`    again: npm run chaos -- --only ${scenario.name} --seed ${seed}${short}`);
}
