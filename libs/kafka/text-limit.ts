import { KafkaError } from './kafka-error.ts';

/** What Kafka's protocol carries of one text, bytes. A broker closes the connection that has more. */
const longestText = 32_767;

/**
 * Refuses what Kafka would not answer at all.
 *
 * @param what names the text, e.g. `The value of retention.ms`
 * @throws {KafkaError} INVALID_REQUEST
 */
export function checkText(what: string, text: string | null): void {
  if (text === null || Buffer.byteLength(text) <= longestText) return;
  throw KafkaError.of('INVALID_REQUEST', `${what} is longer than ${longestText} bytes.`);
}

/** The same for an entry of configuration. */
export function checkConfigText(name: string, value: string | null): void {
  checkText('The name of a configuration', name);
  checkText(`The value of configuration ${name}`, value);
}
