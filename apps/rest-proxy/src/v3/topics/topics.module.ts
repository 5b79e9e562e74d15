import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { V3TopicsController } from './topics.controller.ts';

@Module({ imports: [V3CoreModule], controllers: [V3TopicsController] })
export class V3TopicsModule {}
