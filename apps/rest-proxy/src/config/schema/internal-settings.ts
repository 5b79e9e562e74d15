import { list } from './setting.ts';

/** Keys of the internal listeners, which the original does not have. */
export const internalSettings = {
  'internal.listeners': list(['http://0.0.0.0:8083'], {
    doc: 'Addresses of the internal HTTP server, as in `listeners`: metrics and health. Not for clients. Empty: none. When it is not set and the port is in use, the proxy does without, and says so.',
  }),
};
