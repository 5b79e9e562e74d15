import { Global, Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module.ts';
import { InternalHealth } from './internal-health.ts';
import { InternalRoutes } from './internal-routes.ts';

/** The routes of the internal listeners, for all modules to add to. */
@Global()
@Module({
  imports: [HealthModule],
  providers: [InternalRoutes, InternalHealth],
  exports: [InternalRoutes],
})
export class InternalModule {}
