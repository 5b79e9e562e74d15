import type { Placement } from '#libs/replicas/placement.ts';

/** A placement as another replica has sent it; undefined when it is none. */
export function placementOf(text: string): Placement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { incarnation, address, epoch }: { incarnation?: unknown; address?: unknown; epoch?: unknown } =
    value;
  if (typeof incarnation !== 'string' || typeof address !== 'string') return undefined;
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || !URL.canParse(address)) return undefined;
  return { incarnation, address, epoch };
}

export function placementJson({ incarnation, address, epoch }: Placement): string {
  return JSON.stringify({ incarnation, address, epoch });
}
