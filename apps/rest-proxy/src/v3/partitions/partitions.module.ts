import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { V3PartitionsController } from './partitions.controller.ts';

@Module({ imports: [V3CoreModule], controllers: [V3PartitionsController] })
export class V3PartitionsModule {}
