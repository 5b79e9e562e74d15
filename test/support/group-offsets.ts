import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticGroups } from '#libs/kafka/platformatic/groups/platformatic-groups.ts';
import { connectionTo } from './log-reader.ts';

/** Makes groups that have offsets and never had a member: all of them read on in each partition at its number. */
export async function makeGroups(
  bootstrapServers: string,
  groupIds: readonly string[],
  topic: string,
  offsets: readonly number[],
): Promise<void> {
  const connections = new Connections(connectionTo(bootstrapServers));
  const metadata = new ClusterMetadata(connections);
  const groups = new PlatformaticGroups(connections, metadata);
  const places = offsets.map((offset, partition) => ({ topic, partition, offset: BigInt(offset) }));
  try {
    await metadata.refresh();
    await Promise.all(groupIds.map((groupId) => groups.setOffsets(groupId, places)));
  } finally {
    metadata.close();
    connections.close();
  }
}
