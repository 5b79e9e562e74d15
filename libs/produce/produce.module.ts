import { Module } from '@nestjs/common';
import { ProduceService } from './produce.service.ts';

/** Needs KafkaProducer and Serdes, which global modules provide. */
@Module({ providers: [ProduceService], exports: [ProduceService] })
export class ProduceModule {}
