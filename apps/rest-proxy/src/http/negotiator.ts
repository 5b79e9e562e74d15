import { kafkaV2Json, olderTypes, type Endpoint, type MediaType } from './media-types.ts';
import { compatible, isConcrete, parseMediaRanges, type MediaRange } from './media-range.ts';

/** What a request gets, or why it gets nothing. */
export type Outcome =
  | { readonly variant: number; readonly endpoint: Endpoint; readonly contentType: string }
  | { readonly refused: 'malformed Content-Type' | 'malformed Accept' | 'unsupported' | 'not acceptable' };

interface Candidate {
  readonly variant: number;
  readonly contentType: string;
  readonly quality: number;
  readonly serverQuality: number;
  readonly wildcard: boolean;
}

/** Types of one endpoint, parsed; `older*` count only where the others fail. */
interface Variant {
  readonly endpoint: Endpoint;
  readonly consumes: readonly MediaRange[];
  readonly olderConsumes: readonly MediaRange[];
  readonly produces: readonly MediaRange[];
  readonly olderProduces: readonly MediaRange[];
}

/** Different headers seen before the memory starts anew; a header that is longer is not remembered. */
const mostRemembered = 256;
const longestRemembered = 512;

/**
 * Negotiation as in JAX-RS for the endpoints of one route: Content-Type first, then Accept.
 *
 * Of what the client accepts, its highest `q` wins, then the server's `qs`, then a type that is named over one that a
 * wildcard covers, then the order of the endpoints. Answers are remembered: a request costs a look-up.
 */
export class Negotiator {
  readonly #variants: readonly Variant[];
  readonly #outcomes = new Map<string, Outcome>();

  constructor(endpoints: readonly Endpoint[]) {
    this.#variants = endpoints.map((endpoint, index) => variantOf(endpoint, index === 0));
  }

  /** Answers that are kept. */
  get remembered(): number {
    return this.#outcomes.size;
  }

  negotiate(contentType: string | undefined, accept: string | undefined): Outcome {
    const key = `${contentType ?? ''}\n${accept ?? ''}`;
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known;
    const outcome = this.#decide(contentType, accept);
    if (key.length <= longestRemembered) {
      if (this.#outcomes.size >= mostRemembered) this.#outcomes.clear();
      this.#outcomes.set(key, outcome);
    }
    return outcome;
  }

  #decide(contentType: string | undefined, accept: string | undefined): Outcome {
    const given = contentType === undefined || contentType === '' ? [any] : parseMediaRanges(contentType);
    if (given?.length !== 1 || given[0] === undefined) return { refused: 'malformed Content-Type' };
    const takers = this.#takersOf(given[0]);
    if (takers.length === 0) return { refused: 'unsupported' };

    const ranges = accept === undefined || accept.trim() === '' ? [any] : parseMediaRanges(accept);
    if (ranges === undefined) return { refused: 'malformed Accept' };
    const best =
      this.#best(takers, ranges, (variant) => variant.produces) ??
      this.#best(takers, ranges, (variant) => variant.olderProduces);
    const endpoint = this.#variants[best?.variant ?? -1]?.endpoint;
    if (best === undefined || endpoint === undefined) return { refused: 'not acceptable' };
    return { variant: best.variant, endpoint, contentType: best.contentType };
  }

  /** Numbers of the variants that understand the body. */
  #takersOf(given: MediaRange): readonly number[] {
    const takers = (types: (variant: Variant) => readonly MediaRange[]): readonly number[] =>
      this.#variants.flatMap((variant, index) =>
        types(variant).some((type) => compatible(type, given)) ? [index] : [],
      );
    const current = takers((variant) => variant.consumes);
    return current.length > 0 ? current : takers((variant) => variant.olderConsumes);
  }

  #best(
    takers: readonly number[],
    ranges: readonly MediaRange[],
    types: (variant: Variant) => readonly MediaRange[],
  ): Candidate | undefined {
    const candidates: Candidate[] = [];
    for (const index of takers) {
      const variant = this.#variants[index];
      for (const type of variant === undefined ? [] : types(variant)) {
        const named = ranges.filter((range) => isConcrete(range) && compatible(range, type));
        if (named.some((range) => range.quality === 0)) continue;
        for (const range of ranges) {
          if (range.quality === 0 || !compatible(range, type)) continue;
          candidates.push({
            variant: index,
            contentType: `${type.type}/${type.subtype}${isConcrete(range) ? range.parameters : ''}`,
            quality: range.quality,
            serverQuality: type.quality,
            wildcard: !isConcrete(range),
          });
        }
      }
    }
    return candidates.sort(byPreference)[0];
  }
}

const any: MediaRange = { type: '*', subtype: '*', parameters: '', quality: 1 };

/** Stable sorting keeps the order of declaration among equals. */
function byPreference(a: Candidate, b: Candidate): number {
  return (
    b.quality - a.quality || b.serverQuality - a.serverQuality || Number(a.wildcard) - Number(b.wildcard)
  );
}

function variantOf(endpoint: Endpoint, isFirst: boolean): Variant {
  const older = endpoint.name.startsWith('api.v2.');
  const siblings = (types: readonly MediaType[]): readonly MediaType[] =>
    types.flatMap((type) => olderTypes.v1OfV2.get(type.replace(/;.*/, '')) ?? []);
  const generic = isFirst ? olderTypes.generic : [];
  // What is answered in no format could always be had as a generic type.
  const hasGeneric = isFirst || endpoint.produces[0] === kafkaV2Json;
  return {
    endpoint,
    consumes: endpoint.consumes.length === 0 ? [any] : parsed(endpoint.consumes),
    olderConsumes: older
      ? parsed([...siblings(endpoint.consumes), ...generic, ...(isFirst ? olderTypes.genericRequest : [])])
      : [],
    produces: parsed(endpoint.produces),
    olderProduces: older
      ? parsed([...siblings(endpoint.produces), ...(hasGeneric ? olderTypes.generic : [])])
      : [],
  };
}

function parsed(types: readonly MediaType[]): readonly MediaRange[] {
  return types.map((type) => {
    const [range] = parseMediaRanges(type) ?? [];
    if (range === undefined) throw new TypeError(`${type} is not a media type`);
    return range;
  });
}
