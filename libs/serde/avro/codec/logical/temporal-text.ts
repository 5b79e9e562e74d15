import { dateText, daysOf, digits } from './calendar.ts';

/** How a count of units is written as a point in time. */
export interface TemporalForm {
  readonly hasDate: boolean;
  readonly hasTime: boolean;
  /** With a zone: written in UTC, read with any offset. */
  readonly hasZone: boolean;
  /** Digits of a fraction of a second. */
  readonly fraction: 0 | 3 | 6 | 9;
  /** For messages. */
  readonly example: string;
}

/** ISO 8601; undefined for a time of day that is none. */
export function temporalText(value: bigint, form: TemporalForm): string | undefined {
  if (!form.hasTime) return dateText(Number(value));
  const perSecond = 10n ** BigInt(form.fraction);
  const perDay = secondsOfDay * perSecond;
  const rest = ((value % perDay) + perDay) % perDay;
  if (!form.hasDate) return rest === value ? timeText(rest, perSecond, form) : undefined;
  const date = dateText(Number((value - rest) / perDay));
  return `${date}T${timeText(rest, perSecond, form)}${form.hasZone ? 'Z' : ''}`;
}

function timeText(units: bigint, perSecond: bigint, { fraction }: TemporalForm): string {
  const seconds = Number(units / perSecond);
  const hour = digits(Math.floor(seconds / 3_600), 2);
  const minute = digits(Math.floor(seconds / 60) % 60, 2);
  return `${hour}:${minute}:${digits(seconds % 60, 2)}.${digits(Number(units % perSecond), fraction)}`;
}

/** @returns units since 1970-01-01, or since midnight; undefined when the text is not of the form, or finer than its units */
export function temporalValue(text: string, form: TemporalForm): bigint | undefined {
  const [datePart = '', timePart = ''] = form.hasDate && form.hasTime ? cut(text) : [text, text];
  const days = form.hasDate ? daysOfText(datePart) : 0;
  if (days === undefined) return undefined;
  if (!form.hasTime) return BigInt(days);
  const units = unitsOfText(timePart, form);
  return units === undefined ? undefined : BigInt(days) * secondsOfDay * 10n ** BigInt(form.fraction) + units;
}

function cut(text: string): readonly string[] {
  const at = text.indexOf('T');
  return at === -1 ? [] : [text.slice(0, at), text.slice(at + 1)];
}

function daysOfText(text: string): number | undefined {
  const [, year, month, day] = datePattern.exec(text) ?? [];
  return year === undefined ? undefined : daysOf(Number(year), Number(month), Number(day));
}

function unitsOfText(text: string, { fraction, hasZone }: TemporalForm): bigint | undefined {
  const [, hour, minute, second, given = '', zone] = timePattern.exec(text) ?? [];
  if (hour === undefined || hasZone !== (zone !== undefined)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (/[1-9]/.test(given.slice(fraction))) return undefined;
  const offset = zone === undefined ? 0 : offsetOf(zone);
  if (offset === undefined) return undefined;
  const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second) - offset;
  return BigInt(seconds) * 10n ** BigInt(fraction) + BigInt(given.slice(0, fraction).padEnd(fraction, '0'));
}

/** Seconds. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3_600 + minutes * 60);
}

const secondsOfDay = 86_400n;
const datePattern = /^(\d{4}|[+-]\d{6,9})-(\d{2})-(\d{2})$/;
const timePattern = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,18}))?(Z|[+-]\d{2}:\d{2})?$/;
