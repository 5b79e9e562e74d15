import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { json, type Endpoint } from '../http/media-types.ts';
import { negotiate } from '../http/negotiation.ts';
import { sendJson } from '../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../http/rest-request.ts';
import { docsPage, docsPageHeaders } from './docs-page.ts';
import { OpenApiDocument } from './openapi-document.ts';
import { SwaggerUiAssets } from './swagger-ui-assets.ts';

const getJson: Endpoint = { name: 'api.openapi.get', consumes: [], produces: [json] };
const getYaml: Endpoint = {
  name: 'api.openapi.get',
  consumes: [],
  produces: ['application/yaml', 'text/yaml;qs=0.9', 'text/plain;qs=0.8'],
};

const getPage: Endpoint = { name: 'api.docs.get', consumes: [], produces: ['text/html'] };

/** The OpenAPI document, and the page that shows it and tries it out. */
@Controller()
export class OpenApiController {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly assets: SwaggerUiAssets,
  ) {}

  @Get('openapi.json')
  async json(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getJson);
    const { json: text } = await this.document.texts();
    sendJson(res, 200, contentType, text, noCache);
  }

  @Get('openapi.yaml')
  async yaml(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getYaml);
    const { yaml } = await this.document.texts();
    sendJson(res, 200, contentType, yaml, noCache);
  }

  /** The same with and without a slash at the end: the page finds out how far up the root is. */
  @Get('docs')
  page(@Req() req: RestRequest, @Res() res: RestResponse): void {
    negotiate(req, getPage);
    const pathOnly = req.url.split('?', 1)[0] ?? '';
    const headers = [...noCache, ...docsPageHeaders];
    const body = docsPage(pathOnly.endsWith('/') ? '..' : '.', this.assets.version);
    sendJson(res, 200, 'text/html; charset=utf-8', body, headers);
  }

  @Get('docs/:file')
  async file(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    // Whatever the browser accepts of a file that it asks for.
    req.context.endpoint = getPage.name;
    const asset = await this.assets.read(pathParam(req, 'file'));
    if (asset === undefined) throw restErrors.notFound();
    sendJson(res, 200, asset.contentType, asset.body, forAYear);
  }
}

const noCache = ['Cache-Control', 'no-cache'];
/** The page asks for its files with their version. */
const forAYear = [
  'Cache-Control',
  'public, max-age=31536000, immutable',
  'X-Content-Type-Options',
  'nosniff',
];
