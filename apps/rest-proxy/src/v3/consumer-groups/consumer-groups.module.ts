import { Module } from '@nestjs/common';
import { ConsumerAssignmentsController } from '../consumer-assignments/consumer-assignments.controller.ts';
import { ConsumerLagsController } from '../consumer-lags/consumer-lags.controller.ts';
import { LagSummaryController } from '../consumer-lags/lag-summary.controller.ts';
import { V3ConsumersController } from '../consumers/consumers.controller.ts';
import { V3CoreModule } from '../v3-core.module.ts';
import { GroupChangesController } from './group-changes.controller.ts';
import { ConsumerGroupsController } from './consumer-groups.controller.ts';

/** Consumer groups and what is below them. */
@Module({
  imports: [V3CoreModule],
  controllers: [
    ConsumerGroupsController,
    GroupChangesController,
    V3ConsumersController,
    ConsumerAssignmentsController,
    ConsumerLagsController,
    LagSummaryController,
  ],
})
export class ConsumerGroupsModule {}
