/** What every entity of API v3 begins with, in this order. */
export interface Entity<Kind extends string> {
  readonly kind: Kind;
  readonly metadata: { readonly self: string; readonly resource_name: string };
}

export interface EntityList<Kind extends string, Item> {
  readonly kind: Kind;
  /** `next` is null on the last page. */
  readonly metadata: { readonly self: string; readonly next: string | null };
  readonly data: readonly Item[];
}

/** The head of an entity; spread it first, then the entity's own fields in the order of the wire. */
export function entityHead<Kind extends string>(
  kind: Kind,
  self: string,
  resourceName: string,
): Entity<Kind> {
  return { kind, metadata: { self, resource_name: resourceName } };
}

export function entityList<Kind extends string, Item>(
  kind: Kind,
  self: string,
  data: readonly Item[],
): EntityList<Kind, Item> {
  return { kind, metadata: { self, next: null }, data };
}
