import { Controller, Post, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import {
  ReassignmentChangesService,
  type FailedReassignment,
} from '#libs/metadata/reassignment-changes.service.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { restErrorOfKafka } from '../../http/kafka-errors.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { AlterReassignmentsDto } from './alter-reassignments.dto.ts';

const alterReassignments: Endpoint = {
  name: 'api.v3.partition-reassignments.alter',
  consumes: [json],
  produces: [json],
};

/** What the original cannot do. */
@Controller('v3/clusters/:clusterId/topics/-/partitions/-')
export class ReassignmentChangesController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly reassignments: ReassignmentChangesService,
  ) {}

  @Post('reassignment\\:alter')
  async alter(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, alterReassignments);
    const body = await readRequiredJson(req, AlterReassignmentsDto, () =>
      restErrors.payload('Request body is empty. Data is required.'),
    );
    const changes = body.data.map(({ topic_name: topic, partition_id: partition, replicas }) => ({
      topic,
      partition,
      replicas,
    }));
    await this.cluster.of(req);
    const validateOnly = body.validate_only ?? false;
    const failures = await this.reassignments.alter(changes, { validateOnly });
    if (failures.length === 0) sendNoContent(res);
    else sendJson(res, 207, contentType, JSON.stringify({ failures: failures.map(failureBody) }));
  }
}

function failureBody({ topic, partition, error }: FailedReassignment): {
  readonly topic_name: string;
  readonly partition_id: number;
  readonly error_code: number;
  readonly message: string;
} {
  const { errorCode, message } = restErrorOfKafka(error);
  return { topic_name: topic, partition_id: partition, error_code: errorCode, message };
}
