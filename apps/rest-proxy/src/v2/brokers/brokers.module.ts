import { Module } from '@nestjs/common';
import { MetadataModule } from '#libs/metadata/metadata.module.ts';
import { BrokersController } from './brokers.controller.ts';

@Module({ imports: [MetadataModule], controllers: [BrokersController] })
export class BrokersModule {}
