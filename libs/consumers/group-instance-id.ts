import { createHash } from 'node:crypto';

const longestReadablePart = 100;

/**
 * The static member id (`group.instance.id`) of a consumer instance.
 *
 * Depends on nothing but group and instance, so that whoever takes the instance over joins as the same member, and the
 * broker fences the previous one. Holds only what Kafka's own clients allow there: letters, digits, `.`, `_`, `-`.
 */
export function groupInstanceId(group: string, instance: string): string {
  const readable = instance.replace(/[^\w.-]/g, '_').slice(0, longestReadablePart);
  const digest = createHash('sha256').update(group).update('\0').update(instance).digest('hex').slice(0, 16);
  return `rest-${readable}-${digest}`;
}
