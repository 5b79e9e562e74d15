/** A reference to another resource. */
export interface Related {
  readonly related: string;
}

/**
 * Where the resources of one cluster are for one client: absolute URLs, and resource names (CRNs).
 *
 * Segments of URLs are percent-encoded; elements of a CRN are joined as they are, which is how Confluent's look.
 */
export class ClusterAddress {
  readonly #url: string;
  readonly #resourceName: string;

  /**
   * @param baseUrl of the client, without a slash at the end
   * @param authority `confluent.resource.name.authority`
   */
  constructor(
    baseUrl: string,
    authority: string,
    readonly clusterId: string,
  ) {
    this.#url = `${baseUrl}/v3/clusters/${encodeURIComponent(clusterId)}`;
    this.#resourceName = `crn://${authority}/kafka=${clusterId}`;
  }

  /** The URL of the cluster itself, or of what is below it. */
  url(...segments: readonly (string | number)[]): string {
    return segments.reduce<string>((url, segment) => `${url}/${encodeURIComponent(segment)}`, this.#url);
  }

  related(...segments: readonly (string | number)[]): Related {
    return { related: this.url(...segments) };
  }

  /** @param elements e.g. `topic=t1`, `partition=0` */
  resourceName(...elements: readonly string[]): string {
    return [this.#resourceName, ...elements].join('/');
  }
}
