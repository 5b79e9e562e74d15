import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RestError } from '#libs/errors/rest-error.ts';
import type { ConsumerGroupLagsService, PartitionLag } from '#libs/metadata/consumer-group-lags.service.ts';

/**
 * The lags of a group, the largest first; at least one.
 *
 * @param none what to say of a group that has committed nothing
 * @throws {RestError} 404 when there is no such group; `none`
 * @throws {KafkaError}
 */
export async function lagsOf(
  lags: ConsumerGroupLagsService,
  groupId: string,
  none: () => RestError,
): Promise<readonly [PartitionLag, ...PartitionLag[]]> {
  const found = await lags.list(groupId);
  if (found === undefined) throw restErrors.entityNotFound(`Consumer Group ${groupId} could not be found.`);
  const [first, ...others] = found;
  if (first === undefined) throw none();
  return [first, ...others];
}
