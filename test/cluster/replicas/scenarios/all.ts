import type { PlantedFault } from '../deployment.ts';
import type { Scenario } from '../scenario.ts';
import {
  aimedKills,
  freeze,
  hangUps,
  killDuringAdoption,
  killForwarder,
  killOwner,
  quiet,
  roll,
  rollOfMany,
  scale,
} from './deaths.ts';
import { createTwice, deleteRaces, groupOfFive } from './instances.ts';
import { brokerRestart, kafkaCut, peersCut } from './partitions.ts';
import { redisCut, redisDownCreate, redisFlush, redisFreeze, redisKill } from './redis-faults.ts';

export const scenarios: readonly Scenario[] = [
  quiet,
  killOwner,
  killForwarder,
  aimedKills,
  killDuringAdoption,
  freeze,
  roll,
  rollOfMany,
  scale,
  redisKill,
  redisFlush,
  redisFreeze,
  redisCut,
  redisDownCreate,
  peersCut,
  kafkaCut,
  brokerRestart,
  hangUps,
  deleteRaces,
  createTwice,
  groupOfFive,
];

/** Faults of the replicas themselves, and what shows them. */
export const controls: readonly { readonly scenario: Scenario; readonly planted: PlantedFault }[] = [
  { scenario: killForwarder, planted: 'ack' },
  { scenario: freeze, planted: 'fencing' },
];
