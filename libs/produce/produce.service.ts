import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaProducer, type SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import type { RecordSerializer } from '#libs/serde/serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import type { ProduceOutcome } from './produce-outcome.ts';
import type { DataFormat, ProduceRequest } from './produce-request.ts';
import { ProduceStream, type Deliver, type StreamItem } from './produce-stream.ts';
import type { RecordOutcome } from './record-draft.ts';

/** Serialises records and sends them. */
@Injectable()
export class ProduceService {
  constructor(
    private readonly serdes: Serdes,
    private readonly producer: KafkaProducer,
  ) {}

  /**
   * Sends all records of a request, or none: every record is serialised before the first is sent. What Kafka then makes
   * of each is its result, not an error.
   *
   * @throws {RestError} when a schema cannot be had or a record's data is not what its format takes; the message ends
   *   with the data's place; 503 when too many bytes wait to be sent already
   */
  async produce(request: ProduceRequest): Promise<ProduceOutcome> {
    const key = this.#serializer(request, request.key, true);
    const value = this.#serializer(request, request.value, false);
    if (key instanceof Promise || value instanceof Promise) {
      // Both at one time; of two errors the key's is told.
      const [keys, values] = await Promise.allSettled([key, value]);
      if (keys.status === 'rejected') throw keys.reason;
      if (values.status === 'rejected') throw values.reason;
      return this.#send(request, keys.value, values.value);
    }
    return this.#send(request, key, value);
  }

  /** For records that come one after another and are answered one by one. @param deliver must not throw */
  stream(topic: string, deliver: Deliver): ProduceStream {
    return new ProduceStream(topic, this.serdes, this.producer, deliver);
  }

  /** Sends each record by itself: one that cannot be written does not keep the others back. */
  async produceEach(topic: string, items: readonly StreamItem[]): Promise<readonly RecordOutcome[]> {
    const { promise, resolve } = Promise.withResolvers<readonly RecordOutcome[]>();
    const outcomes: RecordOutcome[] = [];
    const stream = this.stream(topic, (more) => {
      outcomes.push(...more);
      if (outcomes.length === items.length) resolve(outcomes);
    });
    await stream.push(items);
    return promise;
  }

  #serializer(
    { topic }: ProduceRequest,
    { format, schema }: DataFormat,
    isKey: boolean,
  ): RecordSerializer | Promise<RecordSerializer> {
    return this.serdes.of(format).serializer({ topic, isKey, schema });
  }

  async #send(
    request: ProduceRequest,
    keySerializer: RecordSerializer,
    valueSerializer: RecordSerializer,
  ): Promise<ProduceOutcome> {
    const records: ProducerRecord[] = [];
    serializeStretch(request, keySerializer, valueSerializer, records);
    while (records.length < request.records.length) {
      const since = performance.now();
      await turn();
      const paused = performance.now() - since;
      keySerializer.paused?.(paused);
      valueSerializer.paused?.(paused);
      serializeStretch(request, keySerializer, valueSerializer, records);
    }
    const results = await this.producer.send(records);
    refuseWhenFull(results);
    return { records, results, keySchema: keySerializer, valueSchema: valueSerializer };
  }
}

/** So long a request keeps the event loop, or for one record. */
const stretchMs = 10;

/** Goes on behind the records that are there, to the last, or until other requests must have their turn. */
function serializeStretch(
  { topic, partition, records, placeOf }: ProduceRequest,
  keySerializer: RecordSerializer,
  valueSerializer: RecordSerializer,
  serialized: ProducerRecord[],
): void {
  const since = records.length > 1 ? performance.now() : 0;
  let part: 'key' | 'value' = 'key';
  try {
    for (let index = serialized.length; index < records.length; index += 1) {
      const record = records[index];
      if (record === undefined) return;
      part = 'key';
      const key = keySerializer.serialize(record.key);
      part = 'value';
      const value = valueSerializer.serialize(record.value);
      serialized.push({
        topic,
        partition: record.partition ?? partition,
        key,
        value,
        headers: record.headers,
        timestamp: record.timestamp,
      });
      if (serialized.length < records.length && performance.now() - since >= stretchMs) return;
    }
  } catch (error) {
    throw error instanceof RestError ? error.at(placeOf(serialized.length, part)) : error;
  }
}

/** A producer without room takes no record of a call. @throws {RestError} 503 */
function refuseWhenFull(results: readonly SendResult[]): void {
  const error = results[0]?.error;
  if (error?.kind !== 'BUFFER_EXHAUSTED') return;
  throw restErrors.overloaded(error.message, { cause: error, retryAfterSeconds: 1 });
}
