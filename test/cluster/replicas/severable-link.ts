import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `refuse`: connections are reset, and there are no new ones. `silence`: connections stay open, new ones are accepted,
 * and nothing gets through; what was sent meanwhile arrives afterwards, late.
 */
export type Cut = 'refuse' | 'silence';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** The process that opened the connection; undefined when nobody asked for it. */
  readonly pid: number | undefined;
}

/** A TCP proxy on 127.0.0.1 in front of one port, in this process, that can be cut and joined again. */
export class SeverableLink {
  readonly port: number;
  readonly #target: number;
  readonly #server: Server;
  readonly #pids: () => readonly number[];
  readonly #pairs = new Set<Pair>();
  #state: { readonly cut: Cut; readonly from: number | undefined } | undefined;
  #waiting: (() => void)[] = [];

  private constructor(port: number, target: number, server: Server, pids: () => readonly number[]) {
    this.port = port;
    this.#target = target;
    this.#server = server;
    this.#pids = pids;
    server.on('connection', (near) => this.#accept(near));
  }

  /** @param pids the processes that a cut may single out; Linux only */
  static async open(
    port: number,
    target: number,
    pids: () => readonly number[] = () => [],
  ): Promise<SeverableLink> {
    // An end is passed on as an end, so that a half-closed connection stays one.
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new SeverableLink(port, target, server, pids);
  }

  /** @param from only connections of this process, if given */
  cut(cut: Cut, from?: number): void {
    this.#state = { cut, from };
    for (const pair of this.#pairs) {
      if (!this.#isCut(pair.pid)) continue;
      if (cut === 'refuse') {
        pair.near.resetAndDestroy();
        pair.far.resetAndDestroy();
      } else {
        pair.near.pause();
        pair.far.pause();
      }
    }
  }

  join(): void {
    this.#state = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) act();
    for (const { near, far } of this.#pairs) {
      near.resume();
      far.resume();
    }
  }

  close(): void {
    this.#server.close();
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  #isCut(pid: number | undefined): boolean {
    return this.#state !== undefined && (this.#state.from === undefined || this.#state.from === pid);
  }

  #accept(near: Socket): void {
    near.on('error', () => {});
    const pid = pidBehind(near.remotePort, this.port, this.#pids());
    if (!this.#isCut(pid)) return this.#connect(near, pid);
    if (this.#state?.cut === 'refuse') {
      near.resetAndDestroy();
      return;
    }
    near.pause();
    this.#waiting.push(() => this.#connect(near, pid));
  }

  #connect(near: Socket, pid: number | undefined): void {
    if (near.destroyed) return;
    const far = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    near.setNoDelay(true);
    const pair: Pair = { near, far, pid };
    this.#pairs.add(pair);
    far.on('error', () => {});
    this.#forward(pair, near, far);
    this.#forward(pair, far, near);
  }

  #forward(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => this.#whenJoined(pair.pid, () => from.resume()));
    from.on('end', () => this.#whenJoined(pair.pid, () => to.end()));
    from.on('close', (broken) =>
      this.#whenJoined(pair.pid, () => {
        this.#pairs.delete(pair);
        if (broken) to.resetAndDestroy();
        else to.destroySoon();
      }),
    );
  }

  #whenJoined(pid: number | undefined, act: () => void): void {
    if (this.#isCut(pid) && this.#state?.cut === 'silence') this.#waiting.push(act);
    else act();
  }
}

/** Which of some processes holds the near end of a connection to a port of ours. */
function pidBehind(
  nearPort: number | undefined,
  ownPort: number,
  pids: readonly number[],
): number | undefined {
  if (pids.length === 0 || nearPort === undefined) return undefined;
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const wanted = ` 0100007F:${hex(nearPort)} 0100007F:${hex(ownPort)} `;
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .find((each) => each.includes(wanted));
  const inode = line?.trim().split(/\s+/)[9];
  if (inode === undefined) return undefined;
  return pids.find((pid) => {
    try {
      const dir = `/proc/${pid}/fd`;
      return readdirSync(dir).some((fd) => linkOf(`${dir}/${fd}`) === `socket:[${inode}]`);
    } catch {
      return false;
    }
  });
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
