import { Module } from '@nestjs/common';
import { BinarySerde } from './binary/binary-serde.ts';
import { JsonSerde } from './json/json-serde.ts';
import { Serdes } from './serdes.ts';

@Module({
  providers: [{ provide: Serdes, useFactory: () => new Serdes([new BinarySerde(), new JsonSerde()]) }],
  exports: [Serdes],
})
export class SerdeModule {}
