import type { ConsumerInstanceName } from './consumer-registry.ts';

/** Groups and instances may hold any character; the length keeps `a/b` + `c` and `a` + `b/c` apart. */
export function consumerInstanceKey({ group, id }: ConsumerInstanceName): string {
  return `${group.length}:${group}/${id}`;
}

/** The name that a key was made of; undefined for what is no key. */
export function consumerInstanceName(key: string): ConsumerInstanceName | undefined {
  const [, digits = '', rest = ''] = /^(\d{1,9}):(.*)$/s.exec(key) ?? [];
  const length = Number(digits);
  if (digits === '' || rest[length] !== '/') return undefined;
  return { group: rest.slice(0, length), id: rest.slice(length + 1) };
}
