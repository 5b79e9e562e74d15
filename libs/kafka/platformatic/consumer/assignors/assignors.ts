import { KafkaError } from '../../../kafka-error.ts';
import type { Assignor } from './assignor.ts';
import { CooperativeStickyAssignor } from './cooperative-sticky-assignor.ts';
import { RangeAssignor } from './range-assignor.ts';
import { RoundRobinAssignor } from './round-robin-assignor.ts';
import { StickyAssignor } from './sticky-assignor.ts';

const known: readonly Assignor[] = [
  new RangeAssignor(),
  new RoundRobinAssignor(),
  new StickyAssignor(),
  new CooperativeStickyAssignor(),
];

/** The assignors of `partition.assignment.strategy`, in its order. @throws {KafkaError} INVALID_CONFIG for an unknown name */
export function assignorsOf(names: readonly string[]): readonly Assignor[] {
  return names.map((name) => {
    const found = known.find((assignor) => assignor.name === name);
    if (found === undefined)
      throw KafkaError.of('INVALID_CONFIG', `partition.assignment.strategy ${name} is not known.`);
    return found;
  });
}
