import type { HttpConfig } from '../config/config.ts';
import type { HttpResponse } from './rest-request.ts';

type Step = (res: HttpResponse) => void;

/** Headers that the operator wants on every response; undefined when there are none. */
export function fixedHeaders(
  config: Pick<HttpConfig, 'responseHeaders' | 'nosniff' | 'hsts'>,
  secure: boolean,
): Step | undefined {
  const steps: Step[] = config.responseHeaders.map(({ action, name, value }) => {
    const text = (): string =>
      action.endsWith('Date') ? new Date(Date.now() + Number(value)).toUTCString() : value;
    return action.startsWith('add')
      ? (res) => res.appendHeader(name, text())
      : (res) => res.setHeader(name, text());
  });
  if (config.nosniff) steps.push((res) => res.setHeader('X-Content-Type-Options', 'nosniff'));
  if (config.hsts && secure) {
    steps.push((res) => res.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains'));
  }
  if (steps.length === 0) return undefined;
  return (res) => {
    for (const step of steps) step(res);
  };
}
