import { Module } from '@nestjs/common';
import { V3CoreModule } from '../v3-core.module.ts';
import { ReassignmentChangesController } from './reassignment-changes.controller.ts';
import { ReassignmentLinksController } from './reassignment-links.controller.ts';
import { ReassignmentResponses } from './reassignment-responses.ts';
import { ReassignmentsController } from './reassignments.controller.ts';

@Module({
  imports: [V3CoreModule],
  providers: [ReassignmentResponses],
  controllers: [ReassignmentsController, ReassignmentLinksController, ReassignmentChangesController],
})
export class ReassignmentsModule {}
