import { Module } from '@nestjs/common';
import { ProduceModule } from '#libs/produce/produce.module.ts';
import { ProduceController } from './produce.controller.ts';

@Module({ imports: [ProduceModule], controllers: [ProduceController] })
export class V2ProduceModule {}
