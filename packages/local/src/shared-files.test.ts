import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import { SharedFiles } from './shared-files.ts';

const path = import.meta.filename;
let calls: string[];
let files: SharedFiles;

/** Counts what is opened and closed, and lets the test make an opening fail. */
function counting(failure: () => Error | undefined = () => undefined): SharedFiles {
  const open: FileFunctions['open'] = async (...args) => {
    calls.push('open');
    const error = failure();
    if (error !== undefined) throw error;
    const handle = await nodeFileFunctions.open(...args);
    const close = handle.close.bind(handle);
    handle.close = () => {
      calls.push('close');
      return close();
    };
    return handle;
  };
  return new SharedFiles({ ...nodeFileFunctions, open });
}
const count = (name: string) => calls.filter((call) => call === name).length;

beforeEach(() => {
  calls = [];
  files = counting();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

/** Lets timers run; a file that one of them closes may still be closing afterwards. */
async function pass(delayMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(delayMs);
}

test('a link is not followed', async () => {
  const folder = temporaryFolder();
  const link = join(folder, 'link');
  symlinkSync(path, link);
  await expect(files.read(link)).rejects.toMatchObject({ code: 'ELOOP' });
  rmSync(folder, { recursive: true });
});

describe('a file that is read', () => {
  test('is opened once for all who read it at a time, and closed a second after the last', async () => {
    const [one, two] = await Promise.all([files.read(path), files.read(path)]);
    expect(one.handle).toBe(two.handle);
    expect(count('open')).toBe(1);
    await one.release();
    await pass(5000);
    expect(count('close')).toBe(0);
    await two.release();
    await pass(999);
    expect(count('close')).toBe(0);
    await pass(1);
    expect(count('close')).toBe(1);
  });

  test('is shared within that second, which then begins again', async () => {
    await (await files.read(path)).release();
    await pass(999);
    const again = await files.read(path);
    await pass(5000);
    expect([count('open'), count('close')]).toEqual([1, 0]);
    await again.release();
    await pass(999);
    expect(count('close')).toBe(0);
    await pass(1);
    expect(count('close')).toBe(1);
  });

  test('is opened again afterwards', async () => {
    await (await files.read(path)).release();
    await pass(1000);
    await (await files.read(path)).release();
    expect(count('open')).toBe(2);
    await pass(1000);
  });

  test('two files are two', async () => {
    const other = await files.read(import.meta.dirname);
    const one = await files.read(path);
    expect(count('open')).toBe(2);
    await Promise.all([one.release(), other.release()]);
    await pass(1000);
    expect(count('close')).toBe(2);
  });
});

test('an opening that failed is not kept: the next one tries again', async () => {
  let isFailing = true;
  files = counting(() => (isFailing ? new Error('EMFILE') : undefined));
  await expect(Promise.all([files.read(path), files.read(path)])).rejects.toThrow('EMFILE');
  isFailing = false;
  const reading = await files.read(path);
  await reading.release();
  await pass(1000);
  expect(count('close')).toBe(1);
});

test('no more than 64 files stay open without a reader', async () => {
  // The same folder by many names.
  const names = Array.from({ length: 65 }, (_, index) => `${import.meta.dirname}${'/.'.repeat(index)}`);
  const readings = [];
  for (const name of names) readings.push(await files.read(name));
  for (const reading of readings.slice(0, 64)) await reading.release();
  expect(count('close')).toBe(0);
  await readings[64]?.release();
  expect(count('close')).toBe(1);
  await pass(1000);
  expect(count('close')).toBe(65);
});
