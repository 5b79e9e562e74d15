import { Module } from '@nestjs/common';
import { KafkaProducer } from '#libs/kafka/kafka-producer.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import { CountedProducer } from './counted-producer.ts';
import { ProduceCounts } from './produce-counts.ts';
import { ProduceService } from './produce.service.ts';

/** Needs KafkaProducer and Serdes, which global modules provide. */
@Module({
  providers: [
    ProduceCounts,
    {
      provide: ProduceService,
      useFactory: (serdes: Serdes, producer: KafkaProducer, counts: ProduceCounts) =>
        new ProduceService(serdes, new CountedProducer(producer, counts)),
      inject: [Serdes, KafkaProducer, ProduceCounts],
    },
  ],
  exports: [ProduceService, ProduceCounts],
})
export class ProduceModule {}
