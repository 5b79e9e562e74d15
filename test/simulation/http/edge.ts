import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import type { ForwardOutcome, Serving } from '#libs/replicas/serving.ts';
import type { RunningReplica, World } from '../world.ts';
import type { Exchange } from './exchange.ts';
import { ForwardCall, type Forwarder } from './forward-call.ts';
import { failure } from './operations.ts';

/** Takes clients' requests at one replica and has them routed. */
export class Edge {
  #open = 0;

  constructor(
    private readonly world: World,
    private readonly node: RunningReplica & Forwarder,
  ) {}

  /** Requests that are under way. */
  get open(): number {
    return this.#open;
  }

  /** Never rejects, but for faults of the program. */
  async serve(exchange: Exchange): Promise<void> {
    this.#open++;
    try {
      const { name, operation } = exchange.request;
      if (operation.kind === 'create') await this.#here(exchange);
      else
        await this.node.router.serve(
          name,
          new EdgeServing(this.world, this.node, exchange, () => this.#here(exchange)),
        );
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      if (exchange.isAnswered) exchange.destroy();
      else exchange.respond(failure(error));
    } finally {
      this.#open--;
    }
  }

  async #here(exchange: Exchange): Promise<'done' | 'moved'> {
    if (exchange.isAnswered) return 'done';
    try {
      const { answer, delivery } = await this.node.perform(exchange.request, exchange.signal);
      exchange.respond(answer, answer.records.length === 0 ? undefined : delivery);
      await exchange.ended;
      return 'done';
    } catch (error) {
      if (error instanceof ConsumerInstanceMovedError && exchange.request.operation.kind !== 'create')
        return 'moved';
      throw error;
    }
  }
}

class EdgeServing implements Serving {
  constructor(
    private readonly world: World,
    private readonly node: RunningReplica & Forwarder,
    private readonly exchange: Exchange,
    readonly here: () => Promise<'done' | 'moved'>,
  ) {}

  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  forward(to: Placement): Promise<ForwardOutcome> {
    if (this.exchange.isAnswered) return Promise.resolve({ outcome: 'done' });
    return new ForwardCall(this.world, this.node, this.exchange, to).outcome;
  }
}
