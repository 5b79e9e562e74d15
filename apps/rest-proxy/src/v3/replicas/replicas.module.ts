import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { ReplicasController } from './replicas.controller.ts';

@Module({ imports: [V3CoreModule], controllers: [ReplicasController] })
export class ReplicasModule {}
