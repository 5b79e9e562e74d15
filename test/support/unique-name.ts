import { randomBytes } from 'node:crypto';

/** A name that no other test uses, for a topic, a group or an instance on a shared server. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
