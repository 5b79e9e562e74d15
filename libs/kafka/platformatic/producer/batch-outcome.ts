import { KafkaError } from '../../kafka-error.ts';
import type { Batch } from './batch.ts';
import type { PartitionAnswer } from './produce-request.ts';

/** What a broker's answer means for a batch. */
export type BatchOutcome =
  | { readonly kind: 'written'; readonly offset: bigint; readonly logAppendTime: bigint }
  /** Try again as it is; `uncertain` when it may be written already. */
  | {
      readonly kind: 'retry';
      readonly error: KafkaError;
      readonly uncertain: boolean;
      readonly refresh: boolean;
      readonly leader: number | undefined;
    }
  | { readonly kind: 'fail'; readonly error: KafkaError; readonly uncertain: boolean }
  /** Not written; try again under a new epoch, a new producer id, or without one. */
  | { readonly kind: 'new-epoch' | 'new-producer' | 'without-producer'; readonly error: KafkaError }
  /** Not written; some records are to blame, known or to be found in halves of the batch. */
  | { readonly kind: 'without-records'; readonly errors: ReadonlyMap<number, KafkaError> }
  | { readonly kind: 'fewer-bytes' | 'fewer-records' };

/**
 * Codes after which the records may be in the log all the same. A leader that has appended them and loses the partition
 * before the replicas have them answers 3, 6 or 56 (DelayedProduce), and the next leader may have them.
 */
const uncertainCodes = new Set([-1, 3, 6, 7, 13, 20, 56]);
/** Codes that say that the leader is another, or not known. */
const leaderCodes = new Set([3, 5, 6, 9, 13, 56, 72, 74, 75, 100, 103]);

export function outcomeOf(batch: Batch, answer: PartitionAnswer): BatchOutcome {
  const code = answer.errorCode;
  if (code === 0) return { kind: 'written', offset: answer.baseOffset, logAppendTime: answer.logAppendTime };
  const idempotent = batch.producer?.id !== undefined;
  const anew = idempotent && !batch.uncertain;
  const error = errorOf(answer);
  switch (error.kind) {
    case 'DUPLICATE_SEQUENCE_NUMBER':
      // An earlier try was written, so long ago that the broker has forgotten where.
      return { kind: 'written', offset: -1n, logAppendTime: -1n };
    // The broker's memory of us is not what it should be: what we wrote is lost there, or was removed. Under a new epoch
    // or id it takes the batch, but would not know it for one that an earlier try wrote.
    case 'OUT_OF_ORDER_SEQUENCE_NUMBER':
    case 'UNKNOWN_PRODUCER_ID':
      return anew ? { kind: 'new-epoch', error } : { kind: 'fail', error, uncertain: false };
    case 'INVALID_PRODUCER_EPOCH':
    case 'PRODUCER_FENCED':
      return anew ? { kind: 'new-producer', error } : { kind: 'fail', error, uncertain: false };
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return idempotent ? { kind: 'without-producer', error } : { kind: 'fail', error, uncertain: false };
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return batch.count > 1 ? { kind: 'fewer-bytes' } : { kind: 'fail', error, uncertain: false };
    case 'INVALID_RECORD':
    case 'INVALID_TIMESTAMP': {
      if (batch.count === 1) return { kind: 'fail', error: singleErrorOf(answer, error), uncertain: false };
      const errors = new Map<number, KafkaError>();
      for (const { batchIndex, message } of answer.recordErrors) {
        errors.set(batchIndex, KafkaError.ofCode(code, message ?? answer.errorMessage));
      }
      return errors.size > 0 ? { kind: 'without-records', errors } : { kind: 'fewer-records' };
    }
    default: {
      const uncertain = uncertainCodes.has(code);
      if (!error.retriable) return { kind: 'fail', error, uncertain };
      const leader = answer.leader?.id;
      return { kind: 'retry', error, uncertain, refresh: leaderCodes.has(code), leader };
    }
  }
}

/** The request went out and no answer came: the batch may be written. */
export function noAnswer(error: KafkaError): BatchOutcome {
  return error.retriable
    ? { kind: 'retry', error, uncertain: true, refresh: true, leader: undefined }
    : { kind: 'fail', error, uncertain: true };
}

function errorOf(answer: PartitionAnswer): KafkaError {
  const error = KafkaError.ofCode(answer.errorCode, answer.errorMessage);
  if (error.kind !== 'TOPIC_AUTHORIZATION_FAILED') return error;
  return KafkaError.of(error.kind, `Not authorized to access topics: [${answer.topic}]`);
}

function singleErrorOf(answer: PartitionAnswer, error: KafkaError): KafkaError {
  const message = answer.recordErrors[0]?.message;
  return message === undefined || message === null ? error : KafkaError.ofCode(answer.errorCode, message);
}
