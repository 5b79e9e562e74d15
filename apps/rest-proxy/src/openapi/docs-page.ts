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

/** What Swagger UI's own style leaves to wish for. */
export const docsStyle = `
body { margin: 0; background: #fff; }
noscript { display: block; padding: 2rem; font-family: system-ui, sans-serif; }
`;
