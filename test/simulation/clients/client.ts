import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { aftermathMs, faultOf, mostRoutingMs } from '../check/check-answer.ts';
import type { Weather } from '../check/weather.ts';
import { Exchange, type Outcome } from '../http/exchange.ts';
import type { Answer, Operation, Request } from '../http/operations.ts';
import type { ReplicaHost, World } from '../world.ts';

/** What the store has to know before another replica can go on with it. */
const changes: readonly Operation['kind'][] = ['subscribe', 'assign', 'delete'];

/** Of a client that does not wait for all its answers. */
const hangUpRate = 0.03;

/** A client behind a load balancer: each request goes to the next replica; what got no answer is sent again. */
export class Client {
  #requests = 0;
  #turn: number;

  constructor(
    protected readonly world: World,
    protected readonly weather: Weather,
    readonly id: string,
  ) {
    this.#turn = world.random.int(0, world.nodes.length - 1);
  }

  /** Until there is an answer; undefined when the client hung up. */
  protected async call(
    name: ConsumerInstanceName,
    operation: Operation,
    expected: readonly number[] = [],
  ): Promise<Answer | undefined> {
    const { history, random, scheduler } = this.world;
    const startedAt = scheduler.now;
    const request: Request = { requestId: `${this.id}-${++this.#requests}`, name, operation };
    for (;;) {
      const outcome = await this.#send(this.#next(), request);
      history.note(() => `${request.requestId} ${operation.kind} of ${name.id}: ${textOf(outcome)}`);
      if (outcome.outcome === 'hung up') return undefined;
      if (outcome.outcome === 'answered') {
        const { answer } = outcome;
        const isExpected = expected.includes(answer.status);
        const fault = isExpected ? undefined : faultOf(request, answer, startedAt, this.weather);
        if (fault !== undefined) history.violation(`${request.requestId} (${name.id}) ${fault}`);
        if (changes.includes(operation.kind) && this.weather.wasBad('store', startedAt - aftermathMs)) {
          this.weather.changedUnsurely(name);
        }
        if (answer.status !== 503) {
          this.#checkTime(request, startedAt, outcome.begunAt);
          return answer;
        }
        await scheduler.sleep(random.between(200, 800));
      } else await scheduler.sleep(random.between(1, 60));
    }
  }

  /** A pause as users make it: usually short. */
  protected think(): Promise<void> {
    const { random, scheduler } = this.world;
    return scheduler.sleep(random.chance(0.1) ? random.between(200, 1_500) : random.between(1, 200));
  }

  /** A health check takes a replica out that is down or is shutting down, most of the time. */
  #next(): ReplicaHost {
    const { nodes, random } = this.world;
    for (;;) {
      const node = nodes[++this.#turn % nodes.length];
      if (node === undefined) throw new RangeError('there are no replicas');
      if (node.isReady || random.chance(0.3)) return node;
    }
  }

  async #send(node: ReplicaHost, request: Request): Promise<Outcome> {
    const { network, random, scheduler } = this.world;
    await scheduler.sleep(network.delay());
    const { running } = node;
    if (running === undefined) {
      await scheduler.sleep(network.delay());
      return { outcome: 'refused' };
    }
    const exchange = new Exchange(this.world, request, running.process);
    running.accept(exchange);
    if (request.operation.kind === 'read' && random.chance(hangUpRate)) {
      scheduler.after(random.between(0, 700), () => exchange.hangUp());
    }
    const outcome = await exchange.outcome;
    if (outcome.outcome === 'answered') this.world.history.received(request, outcome.answer.records);
    return outcome;
  }

  #checkTime({ operation, requestId }: Request, startedAt: number, begunAt: number): void {
    const { history } = this.world;
    if (startedAt < this.weather.healedAt) return;
    const limitMs = mostRoutingMs + (operation.kind === 'read' ? operation.timeoutMs : mostWorkMs);
    const ms = begunAt - startedAt;
    if (ms > limitMs)
      history.violation(`${requestId} ${operation.kind} took ${ms.toFixed(0)} of ${limitMs} ms`);
  }
}

/** What Kafka and the store may take for what is no read. */
const mostWorkMs = 6_000;

/** The instance has vanished, or has forgotten what it reads. */
export function isLost({ status }: Answer): boolean {
  return status === 404 || status === 409;
}

function textOf(outcome: Outcome): string {
  if (outcome.outcome !== 'answered') return outcome.outcome;
  const { error, records, status } = outcome.answer;
  return `${status} ${error}${records.length > 0 ? `${records.length} records` : ''}`;
}
