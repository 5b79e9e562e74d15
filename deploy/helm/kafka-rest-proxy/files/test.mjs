// Asks the service for its topics, and each pod whether it is ready. Ends with 0 when all is well.
import { lookup } from 'node:dns/promises';
import process from 'node:process';

const failures = [];

async function ask(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    console.log(`${answer.status} ${url}`);
    if (!answer.ok) failures.push(`${url}: ${answer.status} ${text.slice(0, 500)}`);
  } catch (error) {
    failures.push(`${url}: ${error.cause?.message ?? error.message}`);
  }
}

await ask(`${process.env.SERVICE}/topics`);
const { protocol, hostname, port } = new URL(process.env.PEERS);
const pods = await lookup(hostname, { all: true });
for (const { address, family } of pods) {
  const host = family === 6 ? `[${address}]` : address;
  await ask(`${protocol}//${host}:${port}/health/ready`);
  await ask(`${protocol}//${host}:${port}/metrics`);
}

for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);
