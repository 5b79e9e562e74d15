import { Module } from '@nestjs/common';
import { SerdeModule } from '#libs/serde/serde.module.ts';
import { ProduceService } from './produce.service.ts';

/** Needs a KafkaProducer, which the global KafkaModule provides. */
@Module({ imports: [SerdeModule], providers: [ProduceService], exports: [ProduceService] })
export class ProduceModule {}
