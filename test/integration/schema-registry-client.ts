import type { SchemaReference } from '#libs/schema-registry/schema-registry.ts';

/** Registers as an operator would, past the proxy. @returns the id */
export async function registerSchema(
  registry: string,
  subject: string,
  schema: string,
  more: { readonly schemaType?: string; readonly references?: readonly SchemaReference[] } = {},
): Promise<number> {
  const response = await fetch(`${registry}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema, ...more }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return (answer as { readonly id: number }).id;
}

/** The schemas of a subject, by version; none for a subject that does not exist. */
export async function schemasOf(registry: string, subject: string): Promise<readonly string[]> {
  const base = `${registry}/subjects/${encodeURIComponent(subject)}/versions`;
  const response = await fetch(base);
  if (response.status === 404) return [];
  const versions = (await response.json()) as readonly number[];
  return Promise.all(
    versions.map(async (version) => {
      const found = (await (await fetch(`${base}/${version}`)).json()) as { readonly schema: string };
      return found.schema;
    }),
  );
}
