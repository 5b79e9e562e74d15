import type { KafkaSettings } from '#libs/kafka/kafka-settings.ts';
import { adminSettings } from '../schema/admin-settings.ts';
import { consumerSettings } from '../schema/consumer-settings.ts';
import type { Findings } from '../schema/findings.ts';
import { producerSettings } from '../schema/producer-settings.ts';
import { readSettings } from '../schema/read-settings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { ConnectionReader } from './connection-reader.ts';
import { consumerConfig } from './consumer-config.ts';
import { producerConfig } from './producer-config.ts';

/**
 * The settings of the three Kafka clients: `client.*` for all, overridden by `producer.*`, `consumer.*`, `admin.*`.
 *
 * @param raw without the proxy's own keys that begin like these
 */
export const readKafka = (raw: RawSettings, findings: Findings): KafkaSettings => {
  const ofRole = (role: 'producer' | 'consumer' | 'admin'): RawSettings =>
    raw
      .filter((key) => key === 'bootstrap.servers')
      .overlaidBy(raw.under('client.'))
      .overlaidBy(raw.under(`${role}.`));
  const connections = new ConnectionReader(findings);

  const producerRaw = ofRole('producer');
  const producer = readSettings(producerSettings, producerRaw, findings);
  const consumerRaw = ofRole('consumer');
  const consumer = readSettings(consumerSettings, consumerRaw, findings);
  const adminRaw = ofRole('admin');
  const admin = readSettings(adminSettings, adminRaw, findings);
  return {
    admin: connections.read(admin, adminRaw),
    producer: connections.read(producer, producerRaw),
    producerConfig: producerConfig(producer, producerRaw, findings),
    consumer: connections.read(consumer, consumerRaw),
    consumerConfig: consumerConfig(consumer, consumerRaw, findings),
  };
};
