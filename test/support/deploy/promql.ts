/** A series that an expression asks for: the metric, and the labels that it compares or groups by. */
export interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

const ofPrometheus = /^(and|or|unless|on|ignoring|by|without|group_left|group_right|bool|offset|inf|nan)$/i;

/**
 * The series in an expression of PromQL, found without a grammar: a name that is followed neither by a bracket nor
 * part of a list of labels. Enough for the expressions of our own rules and panels, and a test says when it is not.
 */
export function askedIn(expression: string): readonly Asked[] {
  const bare = expression
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ');
  const series = /(?<![a-zA-Z0-9_:])([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{[^}]*\}|\()?/g;
  // In texts there may be anything.
  const texts = /"(?:[^"\\]|\\.)*"/g;
  return [...bare.replaceAll(texts, '""').matchAll(series)].flatMap(([, metric = '', rest = '']) =>
    rest === '(' || ofPrometheus.test(metric)
      ? []
      : [{ metric, labels: [...rest.matchAll(/([a-zA-Z_]\w*)\s*[=!]/g)].map(([, label = '']) => label) }],
  );
}

/** The labels by which an expression groups. */
export const groupedBy = (expression: string): readonly string[] =>
  [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
