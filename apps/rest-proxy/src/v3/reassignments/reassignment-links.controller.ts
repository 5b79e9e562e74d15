import { Controller, Get, Req, Res } from '@nestjs/common';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { ReassignmentResponses } from './reassignment-responses.ts';

/** The links of lists end in `reassignments`. They lead nowhere in the original; here they lead to what they name. */
@Controller('v3/clusters/:clusterId/topics')
export class ReassignmentLinksController {
  constructor(private readonly responses: ReassignmentResponses) {}

  @Get('-/partitions/-/reassignments')
  list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    return this.responses.all(req, res);
  }

  @Get(':topic/partitions/-/reassignments')
  searchByTopic(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    return this.responses.ofTopic(req, res);
  }

  @Get(':topic/partitions/:partition/reassignments')
  get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    return this.responses.one(req, res);
  }
}
