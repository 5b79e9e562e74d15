import { describe, expect, it } from 'vitest';
import { NameRegister } from './name-register.ts';

describe('NameRegister', () => {
  it('accepts one owner after the other', () => {
    const register = new NameRegister();
    const first = register.create(0);
    expect(register.created(first, 1)).toBeUndefined();
    const second = register.create(2);
    expect(register.refused(second)).toBeUndefined();
    register.delete(first, 3);
    register.deleted(first, 4);
    const third = register.create(5);
    expect(register.created(third, 6)).toBeUndefined();
    expect(register.seen(7)).toBeUndefined();
  });

  it('complains about two owners at a time', () => {
    const register = new NameRegister();
    register.created(register.create(0), 1);

    expect(register.created(register.create(2), 3)).toContain('while another client had it');
  });

  it('complains about a refusal of a name that nobody has', () => {
    const register = new NameRegister();
    const first = register.create(0);
    register.created(first, 1);
    register.delete(first, 2);
    register.deleted(first, 3);

    expect(register.refused(register.create(4))).toContain('although nobody had it');
  });

  it('complains about an instance that answers after it was deleted', () => {
    const register = new NameRegister();
    const first = register.create(0);
    register.created(first, 1);
    register.delete(first, 2);
    register.deleted(first, 3);

    expect(register.seen(4)).toContain('although it was deleted');
  });
});
