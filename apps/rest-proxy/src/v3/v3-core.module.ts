import { Module } from '@nestjs/common';
import { MetadataModule } from '#libs/metadata/metadata.module.ts';
import { RequestedCluster } from './requested-cluster.ts';

/** What every resource of API v3 needs. */
@Module({
  imports: [MetadataModule],
  providers: [RequestedCluster],
  exports: [MetadataModule, RequestedCluster],
})
export class V3CoreModule {}
