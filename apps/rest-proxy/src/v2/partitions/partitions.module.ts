import { Module } from '@nestjs/common';
import { MetadataModule } from '#libs/metadata/metadata.module.ts';
import { PartitionsController } from './partitions.controller.ts';

@Module({ imports: [MetadataModule], controllers: [PartitionsController] })
export class PartitionsModule {}
