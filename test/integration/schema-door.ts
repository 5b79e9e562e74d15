import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can be shut and opened again, on a port of its own. */
export class Door {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  /** What came through: `GET /schemas/ids/1`. */
  readonly requests: string[] = [];

  private constructor(private readonly target: URL) {
    this.#server = createServer((socket) => this.#pass(socket));
  }

  /** @param url of the server, with its path */
  static async to(url: string): Promise<Door> {
    const door = new Door(new URL(url));
    await door.open();
    return door;
  }

  /** The server's URL through the door. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.target.pathname}`;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody comes through any more, nor do those who are in. */
  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #pass(socket: Socket): void {
    const onward = connect(Number(this.target.port), this.target.hostname);
    socket.on('data', (chunk: Buffer) => {
      for (const [, request] of chunk.toString('latin1').matchAll(/((?:GET|POST) \S+) HTTP/g)) {
        this.requests.push((request ?? '').replace(this.target.pathname, ''));
      }
    });
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(from);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  }
}
