import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Probes, type Probe } from '../health/probes.ts';
import { json } from '../http/media-types.ts';
import { answer } from './internal-answer.ts';
import { InternalRoutes } from './internal-routes.ts';

const probes: readonly Probe[] = ['live', 'ready', 'startup'];

/** The probes on the internal listeners: the same answers as on those for clients. */
@Injectable()
export class InternalHealth implements OnModuleInit {
  constructor(
    private readonly routes: InternalRoutes,
    private readonly health: Probes,
  ) {}

  onModuleInit(): void {
    for (const probe of probes) {
      this.routes.register('GET', `/health/${probe}`, async (_req, res) => {
        const { status, body } = await this.health.ask(probe);
        answer(res, status, json, body);
      });
    }
  }
}
