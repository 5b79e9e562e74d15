import { describe, expect, it } from 'vitest';
import { InvalidValue } from '../schema/setting.ts';
import { parseJaas } from './jaas.ts';

const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

describe('parseJaas', () => {
  it.each([
    ['double quotes', `${plain} username="alice" password="secret";`, ['alice', 'secret']],
    ['single quotes', `${plain} username='alice' password='sec"ret';`, ['alice', 'sec"ret']],
    ['no quotes', `${plain} username=alice password=se-cr_et$1;`, ['alice', 'se-cr_et$1']],
    [
      'spaces around the equals sign',
      `${plain} username = "alice" password\t=\n"secret" ;`,
      ['alice', 'secret'],
    ],
    ['escaped quotes', String.raw`${plain} username="al\"ice" password="a\\b\'c";`, ['al"ice', "a\\b'c"]],
    ['octal and letter escapes', String.raw`${plain} username="\101" password="a\tb\60";`, ['A', 'a\tb0']],
    [
      'signs in quotes',
      `${plain} username="a=b;c" password="// /* no comment */";`,
      ['a=b;c', '// /* no comment */'],
    ],
    ['comments', `${plain} // one\n username="alice" /* two; */ password="secret";`, ['alice', 'secret']],
    ['an empty password', `${plain} username="alice" password="";`, ['alice', '']],
    ['a slash', `${plain} username=a/b password="x";`, ['a/b', 'x']],
    ['another flag', 'PlainLoginModule SUFFICIENT username="alice" password="secret";', ['alice', 'secret']],
  ])('reads %s', (_, text, [username, password]) => {
    const { name, options } = parseJaas(text);

    expect([name, options.get('username'), options.get('password')]).toEqual([
      'PlainLoginModule',
      username,
      password,
    ]);
  });

  it.each([
    ['no semicolon', `${plain} username="secret-1" password="secret-2"`, 'must end with ;'],
    ['a semicolon in quotes at the end', `${plain} username="secret-1" password="x;"`, 'must end with ;'],
    ['nothing', '', 'must end with ;'],
    ['no flag', 'PlainLoginModule username="secret-1";', 'must be "<login module> required'],
    ['no module', ';', 'must be "<login module> required'],
    ['two modules', `${plain} username="a" password="secret-1"; ${plain} username="b";`, 'one login module'],
    ['an option without a value', `${plain} username password="secret-1";`, 'must have options of the form'],
    ['a value cut off', `${plain} username="a" password=;`, 'must have options of the form'],
    ['an open quote', `${plain} username="secret-1 password=secret-2;`, 'must have options of the form'],
  ])('refuses %s without showing it', (_, text, message) => {
    let thrown: unknown;
    try {
      parseJaas(text);
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(InvalidValue);
    expect(String(thrown)).toContain(message);
    expect(String(thrown)).not.toContain('secret-');
  });
});
