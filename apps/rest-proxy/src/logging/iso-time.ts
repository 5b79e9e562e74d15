let lastMs = 0;
let lastText = '';

/** The time now, e.g. `2026-01-31T12:00:00.000Z`; made once a millisecond, however often it is asked for. */
export function isoTime(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}
