import type { EmbeddedFormat } from './embedded-format.ts';

/** How a record's key or value is written; API v3 knows one more than API v2: plain UTF-8 text. */
export type RecordFormat = EmbeddedFormat | 'string';
