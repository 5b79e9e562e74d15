import { Injectable } from '@nestjs/common';
import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ServerState } from '../../http/server-state.ts';
import { RecordStream, type StreamParts } from './record-stream.ts';

/** The streams of records that are open: told when the proxy shuts down, one by one. */
@Injectable()
export class OpenStreams {
  readonly #open = new Set<RecordStream>();

  constructor(private readonly state: ServerState) {
    const stop = (): void => {
      for (const stream of this.#open) stream.end(shuttingDown());
    };
    state.stopping.addEventListener('abort', stop, { once: true });
  }

  /** Reads and answers until the stream is over. */
  open(parts: StreamParts): void {
    const stream = new RecordStream(parts, (over) => this.#open.delete(over));
    this.#open.add(stream);
    if (this.state.draining) stream.end(shuttingDown());
  }
}

const shuttingDown = (): RestError => restErrors.overloaded('the proxy is shutting down');
