import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { AllTopicConfigsController } from './all-topic-configs.controller.ts';
import { TopicConfigsController } from './topic-configs.controller.ts';

// A topic may be named `-`: what stands for all topics comes first.
@Module({ imports: [V3CoreModule], controllers: [AllTopicConfigsController, TopicConfigsController] })
export class TopicConfigsModule {}
