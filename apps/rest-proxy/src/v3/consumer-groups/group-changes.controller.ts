import { Controller, Delete, Post, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ConsumerGroupChangesService } from '#libs/metadata/consumer-group-changes.service.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { entityList } from '../entity.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { AlterOffsetsDto } from './alter-offsets.dto.ts';
import { offsetChange } from './alter-offsets.mapper.ts';
import { groupOffsetBody } from './group-offset-body.ts';

const deleteGroup: Endpoint = { name: 'api.v3.consumer-groups.delete', consumes: [], produces: [json] };
const alterOffsets: Endpoint = {
  name: 'api.v3.consumer-group-offsets.alter',
  consumes: [json],
  produces: [json],
};

/** What the original cannot do. */
@Controller('v3/clusters/:clusterId/consumer-groups/:group')
export class GroupChangesController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly groups: ConsumerGroupChangesService,
  ) {}

  @Delete()
  async delete(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, deleteGroup);
    await this.cluster.ofGroups(req);
    if (!(await this.groups.delete(pathParam(req, 'group')))) throw restErrors.notFound();
    sendNoContent(res);
  }

  @Post('offsets\\:alter')
  async alterOffsets(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, alterOffsets);
    const body = await readRequiredJson(req, AlterOffsetsDto, () =>
      restErrors.payload('Request body is empty. Data is required.'),
    );
    const changes = body.data.map(offsetChange);
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const changed = await this.groups.setOffsets(group, changes, {
      validateOnly: body.validate_only ?? false,
    });
    if (changed === undefined) throw restErrors.entityNotFound(`Consumer Group ${group} could not be found.`);
    const self = address.url('consumer-groups', group, 'lags');
    const data = changed.map((one) => groupOffsetBody(group, one, address));
    const list = entityList('KafkaConsumerGroupOffsetList', self, data);
    sendJson(res, 200, contentType, JSON.stringify(list));
  }
}
