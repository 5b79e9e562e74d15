import { Module } from '@nestjs/common';
import { RootController } from './root.controller.ts';

@Module({ controllers: [RootController] })
export class RootModule {}
