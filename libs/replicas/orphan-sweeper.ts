import { Logger } from '@nestjs/common';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Adoptions } from './adoptions.ts';
import type { InstanceStore } from './instance-store.ts';
import type { Lease } from './lease.ts';
import { askPeer, type Peers } from './peers.ts';
import { byRendezvous } from './rendezvous.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';
import { forEachOf } from './within.ts';

const atATime = 8;

/**
 * Takes over what dead replicas have held, so that idle instances keep their membership too. The survivors share it out
 * without a word: each takes what belongs to it.
 */
export class OrphanSweeper {
  readonly #logger = new Logger('Replicas');
  #isRunning = false;
  /** The replica whose instances are looked at does not answer. */
  #isSilent = false;

  constructor(
    private readonly store: InstanceStore,
    private readonly lease: Lease,
    private readonly adoptions: Adoptions,
    private readonly peers: Peers,
  ) {}

  /** Looks after all dead replicas; one sweep at a time. Rejects as the store does. */
  async sweep(): Promise<void> {
    if (this.#isRunning || this.lease.isDraining || this.lease.isDoubtful) return;
    this.#isRunning = true;
    try {
      for (const incarnation of this.lease.dead) await this.#sweepOf(incarnation);
    } finally {
      this.#isRunning = false;
    }
  }

  async #sweepOf(dead: string): Promise<void> {
    const names = await this.store.ownedBy(dead);
    let left = 0;
    this.#isSilent = false;
    await forEachOf(names, atATime, async (name) => {
      if (!(await this.#try(name, dead))) left++;
    });
    if (left === 0) await this.store.bury(dead);
  }

  /** One that cannot be taken over does not keep the others from it. */
  async #try(name: ConsumerInstanceName, dead: string): Promise<boolean> {
    try {
      return await this.#settle(name, dead);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      this.#logger.error({ err: error }, `Consumer instance ${name.id} could not be taken over`);
      return false;
    }
  }

  /** @returns whether the dead replica does not own it any more */
  async #settle(name: ConsumerInstanceName, dead: string): Promise<boolean> {
    const found = await this.store.look(name);
    if (found.outcome !== 'found' || found.placement.incarnation !== dead) return true;
    // We were that replica: its name comes into the store with the next save.
    if (this.adoptions.isHeld(name)) return false;
    const { lease } = this;
    const [first] = byRendezvous(name, [lease.replica, ...lease.takers]);
    if (first?.incarnation !== lease.replica.incarnation) return false;
    if (await this.#isHeldAt(found.placement.address, name)) return false;
    const adopted = await this.adoptions.adopt(name, found.placement.epoch);
    return adopted.outcome !== 'refused';
  }

  /** Who has lost the lease and not the instance keeps it. */
  async #isHeldAt(address: string, name: ConsumerInstanceName): Promise<boolean> {
    if (this.#isSilent || address === '' || address === this.lease.replica.address) return false;
    const held = await askPeer(name, this.peers, address);
    if (held === 'unknown') this.#isSilent = true;
    return held !== undefined && held !== 'unknown';
  }
}
