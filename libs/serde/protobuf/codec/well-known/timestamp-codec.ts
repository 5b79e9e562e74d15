import { fractionOf, nanosOf, TimeCodec, type SecondsAndNanos } from './time-codec.ts';

/** A moment from the year 1 to 9999, as RFC 3339 writes it; shown in UTC. */
export class TimestampCodec extends TimeCodec {
  readonly shown = 'timestamp such as "2030-01-31T23:59:59.123Z"';

  protected parse(text: string): SecondsAndNanos | undefined {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] = match;
    const date = new Date(0);
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    // A day that a month does not have is one of the next month.
    if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return undefined;
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
    let seconds = date.getTime() / 1_000 + Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
    if (sign !== undefined) {
      if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
      const offset = Number(offsetHours) * 3_600 + Number(offsetMinutes) * 60;
      seconds += sign === '+' ? -offset : offset;
    }
    return seconds < least || seconds > most ? undefined : { seconds, nanos: nanosOf(fraction) };
  }

  protected format({ seconds, nanos }: SecondsAndNanos): string | undefined {
    if (seconds < least || seconds > most || nanos < 0 || nanos > 999_999_999) return undefined;
    return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}${fractionOf(nanos)}Z`;
  }
}

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
/** The first second of the year 1, and the last of 9999. */
const least = -62_135_596_800;
const most = 253_402_300_799;
