import type { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { pathParam, type RestRequest } from '../../http/rest-request.ts';

/** Below this path lies everything of one consumer instance. */
export const instancePath = 'consumers/:group/instances/:instance';

/** The instance of the path. @throws {RestError} 404/40403 */
export function instanceOf(req: RestRequest, instances: ConsumerInstances): ConsumerInstance {
  return instances.find(pathParam(req, 'group'), pathParam(req, 'instance'));
}
