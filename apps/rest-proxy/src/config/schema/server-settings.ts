import { parseHeaderRules } from '../http/response-headers.ts';
import { bool, int, list, long, noEffect, notSupported, oneOf, parsed, refused, unused } from './setting.ts';

const jetty = noEffect('there are no threads and no queue of Jetty');
const unprotected = refused('not supported, and the proxy would run without the protection');
const noAuthentication = noEffect('see `authentication.method`');
const plugIn = refused('plug-ins are Java classes; one that authenticates would be missing without a word');
const csrf = noEffect('see `csrf.prevention.enable`');
const dosFilter = noEffect('see `dos.filter.enabled`');
const bandwidth = noEffect('see `network.traffic.rate.limit.enable`');
const noJmx = noEffect('there is no JMX');

/** Keys of the HTTP server, which the original has from rest-utils. */
export const serverSettings = {
  listeners: list([], {
    doc: 'Addresses to listen on, `http://host:port` or `NAME://host:port`. Empty: `http://0.0.0.0` with `port`.',
  }),
  'listener.protocol.map': list([], {
    doc: 'What the names of listeners stand for, e.g. `INTERNAL:http,EXTERNAL:https`.',
  }),
  'shutdown.graceful.ms': int(5000, { doc: 'Longest wait for running requests on stop, in ms.' }),
  'idle.timeout.ms': long(30_000, { min: 1, doc: 'A connection that is silent this many ms is closed.' }),
  'request.timeout.ms': long(0, { doc: 'Longest time of a request in ms, 504 after it. 0: no limit.' }),
  'request.timeout.interrupt.enable': unused('false', jetty),
  'thread.pool.min': unused('8', jetty),
  'thread.pool.max': unused('200', jetty),
  'request.queue.capacity.init': unused('128', jetty),
  'request.queue.capacity': unused('2147483647', jetty),
  'request.queue.capacity.growby': unused('64', jetty),
  'server.connection.limit': int(0, { doc: 'Connections of all listeners at one time. 0: no limit.' }),
  'connector.connection.limit': int(0, {
    doc: 'Connections at one time where there is one listener; with several it is not kept. 0: no limit.',
  }),
  'max.request.header.size': int(8192, { min: 1, doc: 'Bytes of request line and headers; 431 above.' }),
  'max.response.header.size': unused('8192', noEffect('response headers are the proxy’s own and small')),
  'compression.enable': bool(true, { doc: 'Responses are compressed for those who ask.' }),
  'http2.enabled': unused('true', noEffect('the proxy speaks HTTP/1.1')),
  'jetty.legacy.uri.compliance': unused('false', noEffect('there is no Jetty')),
  'proxy.protocol.enabled': unused(
    'false',
    refused('the PROXY protocol is not understood; no connection would work'),
  ),
  'proxy.protocol.accepted.ip.range': unused('', noEffect('see `proxy.protocol.enabled`')),
  'network.forwarded.request.customizer.enable': bool(false, {
    doc: 'Forwarded headers are believed whoever sends them, unless `trusted.proxies` names some.',
  }),
  'network.traffic.rate.limit.enable': unused('false', notSupported('there is no limit of bandwidth')),
  'network.traffic.rate.limit.backend': unused('guava', bandwidth),
  'network.traffic.rate.limit.bytes.per.sec': unused('20971520', bandwidth),
  'access.control.allow.origin': list([], { doc: 'Origins that CORS allows. Empty: no CORS.' }),
  'access.control.allow.methods': list([], {
    doc: 'Methods that a preflight allows. Empty: GET, POST, HEAD.',
  }),
  'access.control.allow.headers': list([], {
    doc: 'Headers that a preflight allows. Empty: X-Requested-With, Content-Type, Accept, Origin.',
  }),
  'access.control.expose.headers': list([], { doc: 'Response headers that a script may read.' }),
  'access.control.skip.options': unused('true', noAuthentication),
  'reject.options.request': bool(false, { doc: 'OPTIONS is answered 403.' }),
  'response.http.headers.config': parsed('list of rules', '', parseHeaderRules, {
    doc: 'Headers on all responses: `add X-A: b, set X-C: d, addDate …, setDate …`.',
  }),
  'nosniff.prevention.enable': bool(false, { doc: '`X-Content-Type-Options: nosniff` on all responses.' }),
  'hsts.header.enable': bool(false, { doc: '`Strict-Transport-Security` on https listeners.' }),
  'csrf.prevention.enable': unused('false', unprotected),
  'csrf.prevention.token.endpoint': unused('/csrf', csrf),
  'csrf.prevention.token.expiration.minutes': unused('30', csrf),
  'csrf.prevention.token.max.entries': unused('10000', csrf),
  'authentication.method': oneOf(['NONE', 'BASIC', 'BEARER'], 'NONE', {
    doc: 'How HTTP clients prove who they are. Only NONE: use `ssl.client.authentication` or a gateway.',
    stance: unprotected,
  }),
  'authentication.realm': unused('', noAuthentication),
  'authentication.roles': unused('*', noAuthentication),
  'authentication.skip.paths': unused('', noAuthentication),
  'sni.check.enabled': unused('false', unprotected),
  'sni.host.check.enabled': unused('true', noEffect('the Host header is not compared with the certificate')),
  'prefix.sni.check.enabled': unused('false', unprotected),
  'prefix.sni.prefix': unused('', noEffect('see `prefix.sni.check.enabled`')),
  'expected.sni.headers': unused('', notSupported('names of hosts are not checked')),
  'reject.invalid.sni.headers': unused('false', unprotected),
  'dos.filter.enabled': unused(
    'false',
    notSupported('there is no filter by client; see `max.inflight.requests`'),
  ),
  'dos.filter.max.requests.per.sec': unused('25', dosFilter),
  'dos.filter.max.requests.per.connection.per.sec': unused('25', dosFilter),
  'dos.filter.delay.ms': unused('100', dosFilter),
  'dos.filter.max.wait.ms': unused('50', dosFilter),
  'dos.filter.throttled.requests': unused('5', dosFilter),
  'dos.filter.throttle.ms': unused('30000', dosFilter),
  'dos.filter.max.requests.ms': unused('30000', dosFilter),
  'dos.filter.max.idle.tracker.ms': unused('30000', dosFilter),
  'dos.filter.insert.headers': unused('true', dosFilter),
  'dos.filter.ip.whitelist': unused('', dosFilter),
  'dos.filter.managed.attr': unused('false', dosFilter),
  'dos.filter.tenant.enabled': unused('false', dosFilter),
  'dos.filter.tenant.max.requests.per.sec': unused('25', dosFilter),
  'dos.filter.tenant.dry.run.enabled': unused('false', dosFilter),
  'request.logger.name': unused('io.confluent.rest-utils.requests', noEffect('there are no named loggers')),
  'metric.reporters': unused('', notSupported('reporters are Java classes')),
  'metrics.sample.window.ms': unused('30000', noJmx),
  'metrics.num.samples': unused('2', noJmx),
  'metrics.tag.map': unused('', noEffect('as in the original')),
  'metrics.latency.slo.sla.enable': unused('false', noJmx),
  'metrics.latency.slo.ms': unused('5', noJmx),
  'metrics.latency.sla.ms': unused('50', noJmx),
  'percentile.max.latency.ms': unused('10000', noJmx),
  'metrics.global.stats.request.tags.enable': unused('false', noJmx),
  'disable.response.size.metrics.collection': unused('false', noJmx),
  debug: bool(false, { doc: 'An internal error carries its stack to the client.' }),
  'suppress.stack.trace.response': unused('true', noEffect('only `debug` shows a stack')),
  'return.429.instead.of.500.for.jetty.response.errors': unused('false', noEffect('there is no Jetty')),
  'websocket.path.prefix': unused('/ws', noEffect('as in the original')),
  'resource.extension.classes': unused('', plugIn),
  'rest.servlet.initializor.classes': unused('', plugIn),
  'websocket.servlet.initializor.classes': unused('', plugIn),
  'config.providers': list([], {
    doc: 'Names under which `config.providers.<name>.class` makes the file, directory and environment providers known; `file`, `directory` and `env` are known anyway.',
  }),
};
