import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { ClusterConfigsController } from './cluster-configs.controller.ts';
import { OtherConfigTypesController } from './other-config-types.controller.ts';

// In this order: the second takes every other type.
@Module({ imports: [V3CoreModule], controllers: [ClusterConfigsController, OtherConfigTypesController] })
export class ClusterConfigsModule {}
