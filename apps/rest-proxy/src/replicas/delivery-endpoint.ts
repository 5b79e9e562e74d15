import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { DeliveryReports } from './delivery-reports.ts';

const longestHoldMs = 60_000;

/** What replicas tell and ask each other of answers that one has written to a client for the other. */
@Injectable()
export class DeliveryEndpoint {
  constructor(
    private readonly deliveries: ForwardedDeliveries,
    private readonly reports: DeliveryReports,
  ) {}

  /**
   * @returns false when the delivery is not known any more
   * @throws {RestError} 404
   */
  report(id: string, what: string, query: string): boolean {
    const details = new URLSearchParams(query);
    switch (what) {
      case 'confirm':
        return this.deliveries.confirm(id, details.get('at') ?? undefined);
      case 'abandon':
        return this.deliveries.abandon(id);
      case 'hold':
        return this.deliveries.hold(id, holdOf(details));
      default:
        throw restErrors.notFound();
    }
  }

  /** Whether the client of an answer of ours has not gone since it was confirmed. */
  stillHas(id: string): Promise<boolean> {
    return this.reports.stillHas(id);
  }
}

function holdOf(details: URLSearchParams): number {
  const ms = Number(details.get('ms'));
  return ms > 0 ? Math.min(ms, longestHoldMs) : 0;
}
