import { KafkaError } from '../../kafka-error.ts';
import type { AutoOffsetReset } from '../../kafka-types.ts';
import { backoffMs } from '../../retries.ts';
import { asKafkaError } from './errors.ts';
import type { GroupOffsets } from './group/group-offsets.ts';
import type { PartitionState } from './partition-state.ts';
import type { PositionLookup } from './position-lookup.ts';

export interface ResolverOptions {
  readonly groupId: string;
  readonly reset: AutoOffsetReset;
  /** Wait for open transactions of the group's offsets. */
  readonly requireStable: boolean;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

/** Finds out where partitions are read: what the group has committed, else what auto.offset.reset says. */
export class PositionResolver {
  readonly #offsets: GroupOffsets;
  readonly #lookup: PositionLookup;
  readonly #options: ResolverOptions;
  readonly #changed: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(offsets: GroupOffsets, lookup: PositionLookup, options: ResolverOptions, changed: () => void) {
    this.#offsets = offsets;
    this.#lookup = lookup;
    this.#options = options;
    this.#changed = changed;
  }

  /** Starts on all that can be looked up now. What fails is tried again a few times; later only when somebody polls. */
  resolve(states: Iterable<PartitionState>): void {
    const now = performance.now();
    const open = [...states].filter(
      (state) =>
        state.lookup !== undefined &&
        !state.isHeld &&
        state.failure === undefined &&
        !state.isAsked &&
        state.retryAt <= now,
    );
    if (open.length > 0) void this.#resolve(open);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Never rejects. */
  async #resolve(states: readonly PartitionState[]): Promise<void> {
    const committed = states.filter(({ lookup }) => lookup === 'committed');
    const others = states.filter(({ lookup }) => lookup !== 'committed');
    await Promise.all([
      committed.length > 0 ? this.#fromCommitted(committed) : undefined,
      others.length > 0 ? this.#lookup.find(others) : undefined,
    ]);
    this.#changed();
    const failed = states.filter(
      (state) => state.lookup !== undefined && state.failures > 0 && state.failures < mostTriesUnasked,
    );
    if (failed.length === 0) return;
    const at = Math.min(...failed.map(({ retryAt }) => retryAt));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.resolve(failed), Math.max(0, at - performance.now()) + 1).unref();
  }

  async #fromCommitted(states: readonly PartitionState[]): Promise<void> {
    const asked = states.map((state) => ({ state, version: state.version }));
    for (const { state } of asked) state.asked();
    const { groupId, requireStable, reset } = this.#options;
    const toFind: PartitionState[] = [];
    try {
      const found = await this.#offsets.committed(groupId, states, requireStable, lookupTimeoutMs);
      const offsets = new Map(found.map((one) => [`${one.topic}-${one.partition}`, one]));
      for (const { state, version } of asked) {
        if (state.version !== version) continue;
        const committed = offsets.get(state.key);
        if (committed !== undefined) state.seek(committed.offset, committed.leaderEpoch);
        else if (state.uncommitted !== undefined) state.seek(state.uncommitted);
        else if (reset === 'none') state.failure = { error: noOffset(state), isPassing: false };
        else {
          state.seekTo(reset);
          toFind.push(state);
        }
      }
    } catch (error) {
      const failure = asKafkaError(error);
      for (const { state, version } of asked) {
        if (state.version !== version) continue;
        state.failed(failure, backoffMs(this.#options, state.failures));
        if (!failure.retriable && failure.kind !== 'UNKNOWN_SERVER_ERROR')
          state.failure = { error: failure, isPassing: true };
      }
    }
    for (const { state, version } of asked) state.answered(version);
    if (toFind.length > 0) await this.#lookup.find(toFind);
  }
}

const lookupTimeoutMs = 5_000;
const mostTriesUnasked = 10;

function noOffset({ key }: PartitionState): KafkaError {
  return KafkaError.of(
    'OFFSET_OUT_OF_RANGE',
    `Undefined offset with no reset policy for partitions: [${key}]`,
  );
}
