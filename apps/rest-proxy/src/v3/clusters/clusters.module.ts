import { Module } from '@nestjs/common';
import { MetadataModule } from '#libs/metadata/metadata.module.ts';
import { ClustersController } from './clusters.controller.ts';

@Module({ imports: [MetadataModule], controllers: [ClustersController] })
export class ClustersModule {}
