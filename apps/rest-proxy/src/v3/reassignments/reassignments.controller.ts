import { Controller, Get, Req, Res } from '@nestjs/common';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { ReassignmentResponses } from './reassignment-responses.ts';

@Controller('v3/clusters/:clusterId/topics')
export class ReassignmentsController {
  constructor(private readonly responses: ReassignmentResponses) {}

  @Get('-/partitions/-/reassignment')
  list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    return this.responses.all(req, res);
  }

  @Get(':topic/partitions/-/reassignment')
  searchByTopic(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    return this.responses.ofTopic(req, res);
  }

  @Get(':topic/partitions/:partition/reassignment')
  get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    return this.responses.one(req, res);
  }
}
