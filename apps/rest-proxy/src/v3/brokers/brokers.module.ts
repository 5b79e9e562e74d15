import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { V3BrokersController } from './brokers.controller.ts';

@Module({ imports: [V3CoreModule], controllers: [V3BrokersController] })
export class V3BrokersModule {}
