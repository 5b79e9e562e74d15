import { Module } from '@nestjs/common';
import { BrokersService } from './brokers.service.ts';
import { ClustersService } from './clusters.service.ts';
import { PartitionsService } from './partitions.service.ts';
import { TopicsService } from './topics.service.ts';

/** What the cluster looks like, for both APIs. Needs KafkaModule. */
@Module({
  providers: [TopicsService, PartitionsService, BrokersService, ClustersService],
  exports: [TopicsService, PartitionsService, BrokersService, ClustersService],
})
export class MetadataModule {}
