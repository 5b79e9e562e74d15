// The built proxy with a planted fault, for the control runs: a checker that stays green on it would be of no use.
//
// KRP_PLANTED_FAULT=ack: the owner confirms what it hands to another replica, without waiting to hear that the client
// has it, and takes nothing back. KRP_PLANTED_FAULT=fencing: a replica goes on with what others have taken over.
import process from 'node:process';

const dist = new URL('../../../dist/', import.meta.url);
const load = (path) => import(new URL(path, dist).href);

switch (process.env.KRP_PLANTED_FAULT) {
  case 'ack': {
    const { ForwardedDeliveries } = await load('libs/replicas/forwarded-deliveries.js');
    const { Deliveries } = await load('libs/consumers/deliveries.js');
    const { add } = ForwardedDeliveries.prototype;
    const { abandoned, confirmed } = Deliveries.prototype;
    const forGood = new WeakSet();
    let isAdding = false;
    ForwardedDeliveries.prototype.add = function (delivery) {
      const id = add.call(this, delivery);
      isAdding = true;
      delivery.confirm();
      isAdding = false;
      return id;
    };
    Deliveries.prototype.confirmed = function (delivery, stillHas) {
      if (isAdding) forGood.add(delivery);
      confirmed.call(this, delivery, stillHas);
    };
    Deliveries.prototype.abandoned = function (delivery) {
      if (!forGood.has(delivery)) abandoned.call(this, delivery);
    };
    break;
  }
  case 'fencing': {
    const { Lease } = await load('libs/replicas/lease.js');
    const { ReplicaNode } = await load('libs/replicas/replica-node.js');
    const { ReplicatedConsumerRegistry } = await load('libs/replicas/replicated-consumer-registry.js');
    const { ConsumerInstances } = await load('libs/consumers/consumer-instances.js');
    // By the clock, by the store, and by Kafka.
    Object.defineProperty(Lease.prototype, 'isValid', { get: () => true });
    ReplicatedConsumerRegistry.prototype.isSure = () => true;
    ReplicaNode.prototype.lost = () => {};
    ConsumerInstances.prototype.fenced = () => {};
    break;
  }
  default:
    throw new Error('KRP_PLANTED_FAULT names no fault');
}
await load('apps/rest-proxy/src/main.js');
