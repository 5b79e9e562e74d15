/**
 * Everything comes from where the page came from, and nothing is inline: a strict policy that a proxy in front may
 * tighten no further. Swagger UI draws its icons from data URLs.
 */
export const docsPageHeaders: readonly string[] = [
  'Content-Security-Policy',
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
];

/**
 * The page with Swagger UI.
 *
 * All references are relative, so that it works behind any path prefix.
 *
 * @param root the way from the page to the root of the proxy: `.` for `/docs`, `..` for `/docs/`
 * @param version of the files, for caches
 */
export function docsPage(root: '.' | '..', version: string): string {
  const file = (name: string): string => `${root}/docs/${name}?v=${version}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Kafka REST proxy</title>
    <link rel="icon" type="image/png" sizes="32x32" href="${file('favicon-32x32.png')}" />
    <link rel="icon" type="image/png" sizes="16x16" href="${file('favicon-16x16.png')}" />
    <link rel="stylesheet" href="${file('swagger-ui.css')}" />
    <link rel="stylesheet" href="${file('docs.css')}" />
  </head>
  <body>
    <div id="swagger-ui" data-document="${root}/openapi.json"></div>
    <noscript>This page needs JavaScript. The document itself: <a href="${root}/openapi.json">openapi.json</a>.</noscript>
    <script src="${file('swagger-ui-bundle.js')}"></script>
    <script src="${file('docs.js')}"></script>
  </body>
</html>
`;
}

/** Starts Swagger UI. */
export const docsScript = `'use strict';
(() => {
  const element = document.getElementById('swagger-ui');
  window.ui = SwaggerUIBundle({
    domNode: element,
    url: new URL(element.dataset.document, window.location.href).href,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 3,
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: 'none',
  });
})();
`;

/** What Swagger UI's own style leaves to wish for: less space between things, and nothing shown that is always the same. */
export const docsStyle = `
body { margin: 0; background: #fff; }
noscript { display: block; padding: 2rem; font-family: system-ui, sans-serif; }

.swagger-ui .wrapper { max-width: 1100px; }
.swagger-ui .info { margin: 28px 0 12px; }
.swagger-ui .info .title { font-size: 30px; }
.swagger-ui .info p { max-width: 75ch; margin: 0.6em 0; }
.swagger-ui .markdown code, .swagger-ui .renderedMarkdown code { color: #33475b; background: #eef1f5; padding: 1px 5px; }

/* There is one server: where the page came from. */
.swagger-ui .scheme-container { display: none; }
.swagger-ui .filter .operation-filter-input { margin: 8px 0; border-width: 1px; }

.swagger-ui .opblock-tag { font-size: 20px; padding: 8px 4px; margin: 14px 0 4px; }
.swagger-ui .opblock-tag small { font-size: 13px; color: #5a6b7d; }
.swagger-ui .opblock { margin: 0 0 6px; box-shadow: none; border-radius: 5px; }
.swagger-ui .opblock .opblock-summary { padding: 3px 6px; }
.swagger-ui .opblock .opblock-summary-method { min-width: 70px; padding: 5px 0; font-size: 12px; }
.swagger-ui .opblock .opblock-summary-path { font-size: 14px; }
.swagger-ui .opblock .opblock-section-header { min-height: 0; padding: 6px 16px; box-shadow: none; }
.swagger-ui .opblock-description-wrapper { padding: 10px 20px 4px; }
.swagger-ui .opblock-description-wrapper p, .swagger-ui .response .renderedMarkdown p { font-size: 13px; }
.swagger-ui .body-param__text { min-height: 240px; }

/* No operation has links. */
.swagger-ui .response-col_links { display: none; }
.swagger-ui .responses-inner { padding: 6px 20px 14px; }
.swagger-ui table.responses-table > tbody > tr.response > td { padding: 8px 0 10px; border-top: 1px solid #d9e0e7; }
.swagger-ui .response .markdown p { margin: 0 0 2px; }
.swagger-ui .response-controls { padding-top: 4px; }
.swagger-ui .response-col_description__inner pre, .swagger-ui .response .example.microlight { margin: 4px 0; }
.swagger-ui .response .headers-wrapper { font-size: 12px; }
.swagger-ui .response .headers h4 { display: none; }
.swagger-ui table.headers thead { display: none; }
.swagger-ui table.headers td, .swagger-ui .header-row td { padding: 1px 10px 1px 0; font-size: 12px; color: #5a6b7d; }
.swagger-ui .live-responses-table .response-col_description pre { max-height: 420px; overflow: auto; }
`;
