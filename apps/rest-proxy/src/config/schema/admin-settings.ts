import { connectionSettings } from './connection-settings.ts';
import { notSupported, unused } from './setting.ts';

/** What only the admin client has. */
export const adminSettings = {
  ...connectionSettings,
  'bootstrap.controllers': unused('', notSupported('the brokers are asked')),
  'default.api.timeout.ms': unused('60000', notSupported('`request.timeout.ms` counts')),
  retries: unused('2147483647', notSupported('retries end with the request')),
};
