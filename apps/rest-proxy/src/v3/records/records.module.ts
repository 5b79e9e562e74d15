import { Module } from '@nestjs/common';
import { ProduceModule } from '#libs/produce/produce.module.ts';
import { V3CoreModule } from '../v3-core.module.ts';
import { OpenStreams } from './open-streams.ts';
import { RecordsController } from './records.controller.ts';

@Module({
  imports: [V3CoreModule, ProduceModule],
  providers: [OpenStreams],
  controllers: [RecordsController],
})
export class V3RecordsModule {}
