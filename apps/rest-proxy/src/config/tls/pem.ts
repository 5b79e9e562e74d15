export const isPem = (bytes: Buffer): boolean => bytes.includes('-----BEGIN ');

/** One block. */
export const pemOf = (label: string, der: Buffer): string => block(label, der.toString('base64'));

/**
 * The blocks of a text whose label ends with `kind`, in the form that OpenSSL wants, one after another.
 *
 * What stands on one line in a properties file, or has spaces for its line ends, is put into lines again.
 */
export const pemBlocks = (text: string, kind: 'CERTIFICATE' | 'PRIVATE KEY'): readonly string[] =>
  [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs)]
    .filter(([, label]) => label?.endsWith(kind))
    // Headers mean a key encrypted the old way: these lines are already right.
    .map(([whole, label = '', body = '']) => (body.includes(':') ? `${whole}\n` : block(label, body)));

const block = (label: string, base64: string): string => {
  const lines = base64.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};
