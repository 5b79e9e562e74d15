import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { BrokerConfigsController } from './broker-configs.controller.ts';

@Module({ imports: [V3CoreModule], controllers: [BrokerConfigsController] })
export class BrokerConfigsModule {}
