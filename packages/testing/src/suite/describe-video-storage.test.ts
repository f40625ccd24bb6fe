import { describe, expect, test } from 'vitest';
import { MemoryStorage } from '../memory/memory-storage.ts';
import { conformanceCases } from './conformance-cases.ts';
import { describeVideoStorage } from './describe-video-storage.ts';
import type { TestContext } from './test-runner.ts';

type Run = (context?: TestContext) => Promise<void>;

/** A runner that records tests and runs them on request. */
function recordingRunner() {
  const tests = new Map<string, Run>();
  const runner = {
    describe: (_name: string, define: () => void) => define(),
    test: (name: string, run: Run) => tests.set(name.split(':')[0] ?? '', run),
  };
  return { tests, runner };
}

const create = async () => ({
  storage: new MemoryStorage(),
  play: async () => ({ status: 404, bytes: new Uint8Array() }),
  dispose: async () => {},
});

describe('describeVideoStorage', () => {
  test('every case has an id of its own, and becomes one test', () => {
    const { tests, runner } = recordingRunner();
    describeVideoStorage({ name: 'x', create, runner });
    expect(tests.size).toBe(conformanceCases.length);
    expect([...tests.keys()].every((id) => /^[a-z-]+\/[a-z/-]+$/.test(id))).toBe(true);
  });

  test.each([
    [{ exeptions: {} }, '`exeptions` is not an option; do you mean `exceptions`?'],
    [{ only: 'list/' }, '`only` must be a list'],
    [{ runner: { describe } }, '`runner` must be { describe, test }'],
    [{ create: undefined }, '`create` must be a function'],
  ])('%j is refused by its name, and declares nothing', (given, sentence) => {
    const { tests, runner } = recordingRunner();
    const options = { name: 'x', create, runner, ...given };
    expect(() => Reflect.apply(describeVideoStorage, undefined, [options])).toThrow(sentence);
    expect(tests.size).toBe(0);
  });

  test('an exception for no case, or without a reason, is refused', () => {
    const { tests, runner } = recordingRunner();
    describeVideoStorage({ name: 'x', create, runner, exceptions: { 'list/pages': 'has one page' } });
    expect(tests.size).toBe(conformanceCases.length);
    const wrong = { 'list/page': 'misspelt' };
    expect(() => describeVideoStorage({ name: 'x', create, runner, exceptions: wrong })).toThrow('list/page');
    const silent = { 'list/pages': ' ' };
    expect(() => describeVideoStorage({ name: 'x', create, runner, exceptions: silent })).toThrow(
      'Set in `exceptions` the reason why',
    );
  });

  test('an excepted case must fail: one that passes is reported, so that the list gets shorter', async () => {
    const { tests, runner } = recordingRunner();
    const exceptions = { 'exists/unknown': 'no longer true', 'round-trip/plays': 'nothing is delivered' };
    describeVideoStorage({ name: 'x', create, runner, exceptions });
    await expect(tests.get('exists/unknown')?.({})).rejects.toThrow('passes: remove it from `exceptions`');
    const reasons: (string | undefined)[] = [];
    await tests.get('round-trip/plays')?.({ skip: (reason) => reasons.push(reason) });
    expect(reasons).toEqual(['an exception: nothing is delivered']);
  });

  test('`only` and `except` choose cases by the prefixes of their ids', () => {
    const { tests, runner } = recordingRunner();
    const idsOf = (chosen: { readonly only?: readonly string[]; readonly except?: readonly string[] }) => {
      tests.clear();
      describeVideoStorage({ name: 'x', create, runner, ...chosen });
      return [...tests.keys()];
    };
    const all = conformanceCases.map(({ id }) => id);
    const ofLists = all.filter((id) => id.startsWith('list/'));
    expect(ofLists.length).toBeGreaterThan(1);
    expect(idsOf({ only: ['list/', 'exists/unknown'] })).toEqual(
      all.filter((id) => ofLists.includes(id) || id === 'exists/unknown'),
    );
    expect(idsOf({ except: ['list/'] })).toEqual(all.filter((id) => !ofLists.includes(id)));
    expect(idsOf({ only: ['list/'], except: ['list/pages'] })).toEqual(ofLists.filter((id) => id !== 'list/pages'));
    expect(idsOf({ only: [] })).toEqual([]);
    // Some ids contain `delete` elsewhere: `lifecycle/deleted-replay`.
    expect(all).toContain('lifecycle/deleted-replay');
    expect(idsOf({ only: ['delete'] })).not.toContain('lifecycle/deleted-replay');
    expect(idsOf({ except: ['delete'] })).toContain('lifecycle/deleted-replay');
  });

  test.each([{ only: ['lists/'] }, { except: ['lists/'] }, { only: ['list/', 'lists/'] }, { except: [''] }])(
    'a prefix that no case has is refused: %j',
    (chosen) => {
      const { tests, runner } = recordingRunner();
      const wrong = 'except' in chosen && chosen.except[0] === '' ? '""' : '"lists/"';
      expect(() => describeVideoStorage({ name: 'x', create, runner, ...chosen })).toThrow(
        `of ids of cases, not ${wrong}.`,
      );
      expect(tests.size).toBe(0);
    },
  );

  test('no test declares a parameter: Jest and Mocha would wait for a callback', () => {
    const { tests, runner } = recordingRunner();
    describeVideoStorage({ name: 'x', create, runner });
    expect([...tests.values()].every((run) => run.length === 0)).toBe(true);
  });

  test('a case that the subject cannot run is skipped with its reason', async () => {
    const { tests, runner } = recordingRunner();
    describeVideoStorage({ name: 'x', create, runner });
    const reasons: (string | undefined)[] = [];
    await tests.get('references/expired')?.({ skip: (reason) => reasons.push(reason) });
    await tests.get('multipart/limits')?.({ skip: (reason) => reasons.push(reason) });
    expect(reasons).toEqual(['the subject has no clock', 'the subject has no multipart']);
  });

  test('a storage that breaks the contract fails its case, and the subject is still disposed of', async () => {
    const { tests, runner } = recordingRunner();
    let disposed = 0;
    const dispose = async () => {
      disposed += 1;
    };
    describeVideoStorage({ name: 'x', create: async () => ({ ...(await create()), dispose }), runner });
    await expect(tests.get('round-trip/plays')?.({})).rejects.toThrow();
    expect(disposed).toBe(1);
  });
});
