import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Writer } from '@platformatic/kafka';

const findCoordinator = 10;
const apiVersions = 18;

/** A broker on a socket that says which requests it knows and who coordinates groups (itself), and nothing else. */
export class TcpBroker {
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
          .appendInt16(api === findCoordinator ? 4 : 9),
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
    } else {
      return;
    }
    socket.write(Buffer.concat(writer.prependLength().buffers));
  }
}
