import { Controller, Get, Req } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { pathParam, type RestRequest } from '../../http/rest-request.ts';

const listConfigs: Endpoint = { name: 'api.v3.cluster-configs.list', consumes: [], produces: [json] };

/** Says which kinds of cluster-wide configuration there are not. */
@Controller('v3/clusters/:clusterId')
export class OtherConfigTypesController {
  @Get(':configType-configs')
  list(@Req() req: RestRequest): never {
    return refuse(req);
  }

  @Get(':configType-configs/:name')
  get(@Req() req: RestRequest): never {
    return refuse(req);
  }
}

function refuse(req: RestRequest): never {
  negotiate(req, listConfigs);
  const type = pathParam(req, 'configType');
  throw restErrors.entityNotFound(`The valid values for Type do not include '${type}'`);
}
