import { Module } from '@nestjs/common';
import { MetadataModule } from '#libs/metadata/metadata.module.ts';
import { TopicsController } from './topics.controller.ts';

@Module({ imports: [MetadataModule], controllers: [TopicsController] })
export class TopicsModule {}
