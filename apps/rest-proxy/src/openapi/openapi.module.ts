import { Module } from '@nestjs/common';
import { OpenApiDocument } from './openapi-document.ts';
import { OpenApiController } from './openapi.controller.ts';
import { SwaggerUiAssets } from './swagger-ui-assets.ts';

/** The OpenAPI document and its page. `createApp` tells OpenApiDocument which application it describes. */
@Module({
  controllers: [OpenApiController],
  providers: [OpenApiDocument, SwaggerUiAssets],
})
export class OpenApiModule {}
