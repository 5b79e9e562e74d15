const iso =
  /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?(?:(Z)|([+-])(\d{2}):?(\d{2})?)$/i;
const seconds = /^\d{1,13}(?:\.(\d{1,9}))?$/;

/**
 * A point in time as API v2 takes it: ISO 8601 with a zone, or seconds since the epoch with or without a fraction, as a
 * number or as text.
 *
 * @returns ms since the epoch, what is less cut off; undefined when it is none, or before 1970
 */
export function timestampMs(value: unknown): bigint | undefined {
  if (typeof value === 'number')
    return value >= 0 && value < 1e13 ? BigInt(Math.floor(value * 1_000)) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const ms = seconds.test(text) ? fromSeconds(text) : fromIso(text);
  return ms === undefined || ms < 0n ? undefined : ms;
}

function fromSeconds(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole) * 1_000n + BigInt(fraction.slice(0, 3).padEnd(3, '0'));
}

function fromIso(text: string): bigint | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', fraction = '', , sign, hours = '0', minutes = '0'] = match;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const local = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}.${ms}Z`);
  // A day that the month does not have becomes one of the next month.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(day)) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return BigInt(sign === '-' ? local + offsetMs : local - offsetMs);
}
