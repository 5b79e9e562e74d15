import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { CallFailedError, type Network } from '../engine/network.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Host, SimulatedProcess } from '../engine/simulated-process.ts';
import type { SimulatedBroker } from './simulated-broker.ts';

/** The broker as one process sees it, and its time. */
export class BrokerLink {
  constructor(
    readonly scheduler: Scheduler,
    private readonly network: Network,
    private readonly host: Host,
    private readonly process: SimulatedProcess,
    private readonly broker: SimulatedBroker,
  ) {}

  get topic(): string {
    return this.broker.logs.topic;
  }

  get now(): number {
    return this.scheduler.now;
  }

  /** @throws {KafkaError} what the broker says; NETWORK_EXCEPTION or REQUEST_TIMED_OUT when it says nothing */
  async ask<T>(limitMs: number, serve: (broker: SimulatedBroker) => T | Promise<T>): Promise<T> {
    const { broker, host, network } = this;
    try {
      return await network.call(host, broker, limitMs, () => serve(broker));
    } catch (error) {
      if (!(error instanceof CallFailedError)) throw error;
      throw KafkaError.of(error.reason === 'timeout' ? 'REQUEST_TIMED_OUT' : 'NETWORK_EXCEPTION');
    }
  }

  after(ms: number, callback: () => void): () => void {
    return this.scheduler.after(ms, callback, this.process);
  }
}

/** Whether the broker may have got the request. */
export function isUnanswered(error: unknown): boolean {
  return (
    error instanceof KafkaError && (error.kind === 'REQUEST_TIMED_OUT' || error.kind === 'NETWORK_EXCEPTION')
  );
}
