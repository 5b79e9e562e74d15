import { connect } from 'node:net';

/**
 * Asks a broker's plain-text listener for the cluster's metadata (Metadata v1, no topics).
 *
 * @returns the ids of the brokers that take part, and the active controller's
 * @throws {Error} when there is no answer within `timeoutMs`
 */
export function probeKafka(
  port: number,
  timeoutMs = 2000,
): Promise<{ brokers: number[]; controller: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer on port ${port}`)));
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`connection to port ${port} was closed`)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const answer = Buffer.concat(chunks);
      if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return;
      try {
        resolve(readMetadata(answer));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      socket.destroy();
    });
  });
}

function metadataRequest(): Buffer {
  const clientId = Buffer.from('probe');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(3, 4); // Metadata
  request.writeInt16BE(1, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(clientId.length, 12);
  clientId.copy(request, 14);
  request.writeInt32BE(0, 14 + clientId.length); // an empty list of topics
  return request;
}

function readMetadata(answer: Buffer): { brokers: number[]; controller: number } {
  let at = 8;
  const int32 = (): number => {
    at += 4;
    return answer.readInt32BE(at - 4);
  };
  const skipString = (): void => {
    const length = answer.readInt16BE(at);
    at += 2 + Math.max(length, 0);
  };
  const brokers: number[] = [];
  for (let left = int32(); left > 0; left--) {
    brokers.push(int32());
    skipString();
    int32();
    skipString();
  }
  return { brokers, controller: int32() };
}
