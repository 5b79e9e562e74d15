import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Writer } from '@platformatic/kafka';

const metadata = 3;
const findCoordinator = 10;
const apiVersions = 18;

/** What a broker says of a topic `t` with one partition, and of the cluster: its brokers, with ids from 1 on. */
export interface ToldMetadata {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly topicId?: string;
}

/** A broker on a socket that says which requests it knows, who coordinates groups (itself), and the metadata it was told. */
export class TcpBroker {
  metadata: ToldMetadata | undefined;
  /** Keys of the requests that came. */
  readonly requests: number[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      let received = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
          const end = 4 + received.readInt32BE(0);
          this.#answer(socket, received.subarray(4, end));
          received = received.subarray(end);
        }
      });
    });
  }

  static async start(port = 0): Promise<TcpBroker> {
    const broker = new TcpBroker();
    broker.#server.listen(port, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  get address(): { readonly host: string; readonly port: number } {
    const { port } = this.#server.address() as AddressInfo;
    return { host: '127.0.0.1', port };
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(socket: Socket, request: Buffer): void {
    const key = request.readInt16BE(0);
    this.requests.push(key);
    const writer = Writer.create().appendInt32(request.readInt32BE(4));
    if (key === apiVersions) {
      writer.appendInt16(0).appendArray([3, 8, 9, 10, 11, 12, 13, 14, 22], (w, api) =>
        w
          .appendInt16(api)
          .appendInt16(0)
          .appendInt16(api === findCoordinator ? 4 : api === metadata ? 12 : 9),
      );
      writer.appendInt32(0).appendTaggedFields();
    } else if (key === findCoordinator) {
      // After the client's name: no tags, the kind of key, how many there are, and the first.
      const at = 10 + request.readInt16BE(8) + 3;
      const group = request.subarray(at + 1, at + request.readUInt8(at)).toString();
      writer.appendTaggedFields().appendInt32(0);
      writer.appendArray([this.address], (w, { host, port }) => {
        w.appendString(group).appendInt32(1).appendString(host).appendInt32(port);
        w.appendInt16(0).appendString(null);
      });
      writer.appendTaggedFields();
    } else if (key === metadata && this.metadata !== undefined) {
      describe(writer.appendTaggedFields(), this.metadata);
    } else {
      return;
    }
    socket.write(Buffer.concat(writer.prependLength().buffers));
  }
}

/** Metadata, version 12. */
function describe(writer: Writer, { brokers, leader, leaderEpoch, topicId = firstId }: ToldMetadata): void {
  writer.appendInt32(0).appendArray([...brokers.entries()], (w, [index, { host, port }]) => {
    w.appendInt32(index + 1)
      .appendString(host)
      .appendInt32(port)
      .appendString(null);
  });
  writer
    .appendString('cluster')
    .appendInt32(1)
    .appendArray(['t'], (w, name) => {
      w.appendInt16(0).appendString(name).appendUUID(topicId).appendBoolean(false);
      w.appendArray([0], (part, index) => {
        part.appendInt16(0).appendInt32(index).appendInt32(leader).appendInt32(leaderEpoch);
        for (let list = 0; list < 3; list++) part.appendArray([], () => undefined);
      });
      w.appendInt32(0);
    });
  writer.appendTaggedFields();
}

const firstId = '00000000-0000-4000-8000-000000000001';
