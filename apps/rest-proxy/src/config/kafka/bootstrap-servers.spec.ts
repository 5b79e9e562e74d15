import { describe, expect, it } from 'vitest';
import { parseBrokers } from './bootstrap-servers.ts';

describe('parseBrokers', () => {
  it.each([
    ['localhost:9092', [['localhost', 9092]], []],
    [
      'a:1, b:65535 ,',
      [
        ['a', 1],
        ['b', 65535],
      ],
      [],
    ],
    ['[::1]:9092', [['::1', 9092]], []],
    ['PLAINTEXT://localhost:9092', [['localhost', 9092]], ['PLAINTEXT']],
    [
      'ssl://[fe80::1%eth0]:9093,SSL://b:9093',
      [
        ['fe80::1%eth0', 9093],
        ['b', 9093],
      ],
      ['SSL'],
    ],
    [
      'SASL_SSL://a:1,PLAINTEXT://b:2',
      [
        ['a', 1],
        ['b', 2],
      ],
      ['SASL_SSL', 'PLAINTEXT'],
    ],
    ['INTERNAL://a:1', [['a', 1]], []],
    ['', [], []],
  ])('reads %j', (given, brokers, protocols) => {
    expect(parseBrokers(given)).toEqual({
      brokers: brokers.map(([host, port]) => ({ host, port })),
      protocols,
    });
  });

  it.each([
    'localhost',
    'localhost:',
    'localhost:0',
    'localhost:65536',
    ':9092',
    'a:b',
    '::1:9092',
    'http//a:1',
    'a:1/x',
    'a b:1',
  ])('refuses %j', (given) => {
    expect(() => parseBrokers(`ok:1,${given}`)).toThrow(`must be a list of host:port, "${given}" is not`);
  });
});
