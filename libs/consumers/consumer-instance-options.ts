import type { AutoOffsetReset } from '#libs/kafka/kafka-types.ts';
import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';

/** What a consumer instance was created with; never changes. */
export interface ConsumerInstanceOptions {
  readonly group: string;
  /** Unique within its group. */
  readonly id: string;
  readonly format: EmbeddedFormat;
  readonly autoOffsetReset: AutoOffsetReset;
  readonly autoCommit: boolean;
  /**
   * A read ends before its time with more than so many bytes. undefined: as soon as there is a record; -1: only with its
   * time or its most bytes.
   */
  readonly fetchMinBytes: number | undefined;
  /** Most ms that a read waits. */
  readonly requestTimeoutMs: number;
}
