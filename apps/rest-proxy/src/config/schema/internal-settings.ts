import { list } from './setting.ts';

/** Keys of the internal listeners, which the original does not have. */
export const internalSettings = {
  'internal.listeners': list(['http://0.0.0.0:8083'], {
    doc: 'Addresses of the internal HTTP server, as in `listeners`: metrics, health, and what replicas ask of each other. Not for clients. Empty: none. When neither it nor `redis.url` is set and the port is in use, the proxy does without, and says so.',
  }),
};
