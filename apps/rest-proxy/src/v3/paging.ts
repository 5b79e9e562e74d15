import { restErrors } from '#libs/errors/rest-errors.ts';
import { queryOf, type RestRequest } from '../http/rest-request.ts';
import { entityList, type EntityList } from './entity.ts';

/** Most items of a page, and how many there are where a token comes without a size. */
const largestPage = 10_000;
const defaultPage = 1_000;
const longestToken = 4_096;

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** What the next page begins after; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * The page of a list that a request asks for with `page_size` and `page_token`; everything when it asks for none.
 *
 * A token names the key of the last item before the page, so a list that changes meanwhile shows no item twice and
 * loses none that stayed.
 *
 * @param items in ascending order of their keys, by code units
 * @throws {RestError} 400 for a size or token that is none
 */
export function pageOf<Item>(
  req: RestRequest,
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Page<Item> {
  const query = queryOf(req);
  const size = sizeOf(query.get('page_size'), query.has('page_token'));
  if (size === undefined) return { items, next: undefined };
  const after = afterOf(query.get('page_token'));
  const start = after === undefined ? 0 : firstAbove(items, after, keyOf);
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const more = last !== undefined && start + size < items.length;
  return { items: page, next: more ? Buffer.from(keyOf(last)).toString('base64url') : undefined };
}

/**
 * The list entity of a page; `next` leads to the following one.
 *
 * @param self of the whole list
 */
export function pagedList<Kind extends string, Item, Body>(
  req: RestRequest,
  kind: Kind,
  self: string,
  { items, next }: Page<Item>,
  bodyOf: (item: Item) => Body,
): EntityList<Kind, Body> {
  const list = entityList(kind, self, items.map(bodyOf));
  if (next === undefined) return list;
  return { ...list, metadata: { self, next: nextUrl(req, self, next) } };
}

/** A number as a key that sorts as the number does. */
export function numberKey(value: number): string {
  return String(value).padStart(10, '0');
}

/** Where the page after `token` is. */
export function nextUrl(req: RestRequest, self: string, token: string): string {
  const own = new URLSearchParams(self.includes('?') ? self.slice(self.indexOf('?') + 1) : '');
  const query = new URLSearchParams();
  for (const [name, value] of queryOf(req)) if (!own.has(name)) query.append(name, value);
  if (!query.has('page_size')) query.set('page_size', String(defaultPage));
  query.set('page_token', token);
  return `${self}${self.includes('?') ? '&' : '?'}${query.toString()}`;
}

function sizeOf(text: string | null, hasToken: boolean): number | undefined {
  if (text === null) return hasToken ? defaultPage : undefined;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (size < 1) throw restErrors.badRequest('page_size is not a number from 1');
  return Math.min(size, largestPage);
}

function afterOf(token: string | null): string | undefined {
  if (token === null || token === '') return undefined;
  if (token.length > longestToken || !/^[\w-]+$/.test(token)) {
    throw restErrors.badRequest('page_token is not one of a page before');
  }
  return Buffer.from(token, 'base64url').toString();
}

function firstAbove<Item>(items: readonly Item[], key: string, keyOf: (item: Item) => string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && keyOf(item) > key) high = middle;
    else low = middle + 1;
  }
  return low;
}
