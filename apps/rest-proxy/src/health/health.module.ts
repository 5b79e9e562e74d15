import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.ts';
import { Probes } from './probes.ts';
import { Readiness } from './readiness.ts';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [Readiness, Probes],
  exports: [Probes],
})
export class HealthModule {}
