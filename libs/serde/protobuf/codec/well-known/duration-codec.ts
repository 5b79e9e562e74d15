import { fractionOf, nanosOf, TimeCodec, type SecondsAndNanos } from './time-codec.ts';

/** A length of time of up to about 10,000 years either way, in seconds. */
export class DurationCodec extends TimeCodec {
  readonly shown = 'duration such as "1.5s"';

  protected parse(text: string): SecondsAndNanos | undefined {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, sign, whole, fraction] = match;
    const seconds = Number(whole);
    const nanos = nanosOf(fraction);
    if (seconds > most) return undefined;
    // Both have the sign; there is no -0 among integers.
    return sign === '-' ? { seconds: 0 - seconds, nanos: 0 - nanos } : { seconds, nanos };
  }

  protected format({ seconds, nanos }: SecondsAndNanos): string | undefined {
    if (Math.abs(seconds) > most || Math.abs(nanos) > 999_999_999) return undefined;
    if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) return undefined;
    const sign = seconds < 0 || nanos < 0 ? '-' : '';
    return `${sign}${Math.abs(seconds)}${fractionOf(Math.abs(nanos))}s`;
  }
}

const pattern = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
const most = 315_576_000_000;
