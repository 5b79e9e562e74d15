import { connectionSettings } from './connection-settings.ts';
import {
  bool,
  int,
  InvalidValue,
  noEffect,
  notSupported,
  oneOf,
  optionalInt,
  parsed,
  refused,
  splitList,
  unused,
} from './setting.ts';

const ofRequest = notSupported('the request that creates the instance says it');

const assignors: Readonly<Record<string, string>> = {
  RangeAssignor: 'range',
  RoundRobinAssignor: 'roundrobin',
  StickyAssignor: 'sticky',
  CooperativeStickyAssignor: 'cooperative-sticky',
};

/** Assignors by Java's class names or by their own, in order of preference. @throws {InvalidValue} */
const parseAssignors = (given: string): readonly string[] => {
  const names = splitList(given).map((item) => {
    const simple = item.slice(item.lastIndexOf('.') + 1);
    const name = assignors[simple] ?? Object.values(assignors).find((own) => own === item.toLowerCase());
    if (name === undefined) throw new InvalidValue(`must be a list of ${Object.keys(assignors).join(', ')}`);
    return name;
  });
  if (names.length === 0) throw new InvalidValue('must name an assignor');
  return [...new Set(names)];
};

/** What only the consumers have. A request may set some of it for its instance. */
export const consumerSettings = {
  ...connectionSettings,
  'auto.offset.reset': oneOf(['latest', 'earliest', 'none'], 'latest', {
    doc: 'Where to begin without a committed offset.',
  }),
  'enable.auto.commit': bool(true, { doc: 'Commit what was delivered, now and then.' }),
  'auto.commit.interval.ms': int(5_000, { min: 1, doc: 'How often.' }),
  'isolation.level': oneOf(['read_uncommitted', 'read_committed'], 'read_uncommitted', {
    doc: 'Whether records of open and aborted transactions are read.',
  }),
  'session.timeout.ms': int(45_000, {
    min: 1,
    doc: 'A member that the group does not hear of this long is out.',
  }),
  'heartbeat.interval.ms': int(3_000, {
    min: 1,
    doc: 'Pause between heartbeats; less than the session timeout.',
  }),
  'max.poll.interval.ms': int(300_000, {
    min: 1,
    doc: 'How long a rebalance waits for a member. An instance without requests is closed by `consumer.instance.timeout.ms`.',
  }),
  'max.poll.records': optionalInt('no limit', {
    min: 1,
    doc: 'Most records of one read. (The original: 30)',
  }),
  'fetch.max.bytes': int(1_048_576, {
    min: 1,
    doc: 'Most bytes of one fetch from a broker. (Java: 52428800)',
  }),
  'max.partition.fetch.bytes': int(1_048_576, { min: 1, doc: 'Most bytes of one partition in a fetch.' }),
  'fetch.max.wait.ms': int(500, { doc: 'Longest wait of a fetch at the broker, in ms.' }),
  'fetch.min.bytes': unused(
    '1',
    notSupported('a fetch ends as soon as there are records; see `fetch.min.bytes` without a prefix'),
  ),
  'check.crcs': bool(true, { doc: 'Fetched batches are checked.' }),
  'default.api.timeout.ms': int(60_000, { min: 1, doc: 'Longest time of a commit, retries included.' }),
  'partition.assignment.strategy': parsed(
    'list of assignors',
    'RangeAssignor,CooperativeStickyAssignor',
    parseAssignors,
    {
      doc: 'In order of preference: RangeAssignor, RoundRobinAssignor, StickyAssignor, CooperativeStickyAssignor.',
    },
  ),
  'group.protocol': oneOf(['classic', 'consumer'], 'classic', {
    doc: '',
    stance: notSupported('groups use the classic protocol'),
  }),
  'group.remote.assignor': unused('', notSupported('groups use the classic protocol')),
  'group.id': unused('', ofRequest),
  'group.instance.id': unused('', refused('all instances would have the same one and fence each other')),
  'allow.auto.create.topics': bool(true, { doc: '', stance: noEffect('a consumer never creates topics') }),
  'exclude.internal.topics': bool(true, {
    doc: '',
    stance: notSupported('patterns never match internal topics'),
  }),
  'client.rack': unused('', notSupported('records are read from the leader')),
  'interceptor.classes': unused('', refused('plug-ins are Java classes')),
  'share.acknowledgement.mode': unused('implicit', noEffect('there are no share groups')),
  'key.deserializer': unused('', noEffect('the format of the instance decides')),
  'value.deserializer': unused('', noEffect('the format of the instance decides')),
};
