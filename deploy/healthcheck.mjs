// Ends with 0 when the proxy is ready. KRP_HEALTH_URL says where to ask when the first of KAFKA_REST_LISTENERS
// is not reachable from inside the container as localhost, or is HTTPS with a certificate for another name.
import process from 'node:process';

const first = (process.env.KAFKA_REST_LISTENERS ?? '').split(',')[0].trim();
const listener = /^(https?):\/\/.*:(\d+)$/i.exec(first);
const scheme = listener?.[1] ?? 'http';
const port = listener?.[2] ?? (process.env.KAFKA_REST_PORT || '8082');
const url = process.env.KRP_HEALTH_URL || `${scheme.toLowerCase()}://localhost:${port}/health/ready`;

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  process.exit(answer.ok ? 0 : 1);
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
  process.exit(1);
}
