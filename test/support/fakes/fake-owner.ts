import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Placement } from '#libs/replicas/placement.ts';

/** Another replica that does what the test says. */
export class FakeOwner {
  /** Paths of all that was asked, reports included. */
  readonly paths: string[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly bodies: string[] = [];
  /** Of connections that were closed before their answer was complete. */
  broken = 0;

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  /**
   * @param answer of requests that are sent on
   * @param isSilent whether all else has no answer; otherwise it is 204
   */
  static async start(
    answer: (res: ServerResponse, req: IncomingMessage) => void,
    isSilent = false,
  ): Promise<FakeOwner> {
    const server = createServer((req, res) => {
      owner.paths.push(req.url ?? '');
      res.on('close', () => {
        if (!res.writableFinished) owner.broken++;
      });
      if (req.url?.startsWith('/replica/forward/') !== true) {
        if (!isSilent) res.writeHead(204).end();
        return;
      }
      owner.requests.push(req);
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        owner.bodies.push(Buffer.concat(chunks).toString());
        answer(res, req);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const owner = new FakeOwner(server, `http://127.0.0.1:${port}`);
    return owner;
  }

  get placement(): Placement {
    return { incarnation: 'fake-1', address: this.address, epoch: 3 };
  }

  /** What was said of deliveries. */
  get reports(): readonly string[] {
    return this.paths
      .filter((path) => path.startsWith('/replica/deliveries/'))
      .map((path) => path.slice('/replica/deliveries/'.length));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}
