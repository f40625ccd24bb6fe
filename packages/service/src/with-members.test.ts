import { expect, test } from 'vitest';
import { withMembers } from './with-members.ts';

class Person {
  readonly roles = ['student'];
  readonly #school: string;
  userId = 'anna';

  constructor(school: string) {
    this.#school = school;
  }

  get school(): string {
    return this.#school;
  }

  isOf(school: string): boolean {
    return this.#school === school;
  }
}

test('has the added members in place of the passed ones', () => {
  expect(withMembers({ userId: 'a', more: 1 }, { userId: 'b', tenantId: undefined })).toEqual({
    ...{ userId: 'b', more: 1, tenantId: undefined },
  });
});

test('has getters and methods of a class, with their `this`, and lists only its own names', () => {
  const given = new Person('north');
  const members = withMembers(given, { userId: 'bert' });
  expect([members.userId, Reflect.get(members, 'school')]).toEqual(['bert', 'north']);
  expect(Reflect.get(members, 'isOf')('north')).toBe(true);
  expect(Object.keys(members).sort()).toEqual(['roles', 'userId']);
});

test('works on an object that it has returned, and has members that are not enumerable', () => {
  const members = withMembers(withMembers(new Person('north'), { userId: 'bert' }), { timeoutMs: 5 });
  expect([members.timeoutMs, Reflect.get(members, 'userId'), Reflect.get(members, 'school')]).toEqual([
    5,
    'bert',
    'north',
  ]);
  expect(Reflect.get(members, 'isOf')('north')).toBe(true);
});

test('has inherited data, of the nearest prototype, and nothing of `Object.prototype`', () => {
  const far = { contextId: 'far', tenantId: 'north' };
  const given = Object.create(Object.assign(Object.create(far), { contextId: 'near' }));
  const members = withMembers(given, {});
  expect([Reflect.get(members, 'contextId'), Reflect.get(members, 'tenantId')]).toEqual(['near', 'north']);
  expect(Object.keys(members)).toEqual([]);
  expect(Object.getOwnPropertyNames(members)).not.toContain('hasOwnProperty');
});

test('reads a getter only when the member is read', () => {
  let reads = 0;
  class Lazy {
    get userId(): string {
      reads += 1;
      return 'anna';
    }
  }
  const members = withMembers(new Lazy(), {});
  expect(reads).toBe(0);
  expect(Reflect.get(members, 'userId')).toBe('anna');
  expect(reads).toBe(1);
});
