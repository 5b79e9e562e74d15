import { Module } from '@nestjs/common';
import { BrokersService } from './brokers.service.ts';
import { ClustersService } from './clusters.service.ts';
import { ConfigsService } from './configs.service.ts';
import { ConsumerGroupChangesService } from './consumer-group-changes.service.ts';
import { ConsumerGroupLagsService } from './consumer-group-lags.service.ts';
import { ConsumerGroupsService } from './consumer-groups.service.ts';
import { PartitionsService } from './partitions.service.ts';
import { ReassignmentChangesService } from './reassignment-changes.service.ts';
import { ReassignmentsService } from './reassignments.service.ts';
import { TopicsService } from './topics.service.ts';

const services = [
  TopicsService,
  PartitionsService,
  BrokersService,
  ClustersService,
  ConfigsService,
  ReassignmentsService,
  ReassignmentChangesService,
  ConsumerGroupsService,
  ConsumerGroupLagsService,
  ConsumerGroupChangesService,
];

/** What the cluster looks like, for both APIs. Needs KafkaModule. */
@Module({ providers: services, exports: services })
export class MetadataModule {}
