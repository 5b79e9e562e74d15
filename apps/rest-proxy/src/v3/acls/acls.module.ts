import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { AclsController } from './acls.controller.ts';

@Module({ imports: [V3CoreModule], controllers: [AclsController] })
export class AclsModule {}
