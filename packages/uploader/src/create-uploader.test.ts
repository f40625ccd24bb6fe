import { AccessError, BackendError, Validator } from '@videostorage/core';
import { describe, expect, test, vi } from 'vitest';
import { MapStorage } from '../test-support/map-storage.ts';
import { pauseBeforeSending, until } from '../test-support/open-page.ts';
import { pageEvents } from '../test-support/page-events.ts';
import { type PageScript, partsTicket, scriptedPage, videoThatIs } from '../test-support/scripted-page.ts';
import { createHttpTransport } from './create-http-transport.ts';
import { createUploader } from './create-uploader.ts';
import { RememberedUploads } from './memory/remembered-uploads.ts';
import type { UploadHandle } from './upload-handle.ts';
import type { UploaderOptions } from './uploader-options.ts';

/** The errors that the page reports as uncaught. */
function uncaughtErrors(): readonly unknown[] {
  const thrown: unknown[] = [];
  const { queueMicrotask: run } = globalThis;
  vi.stubGlobal('queueMicrotask', (task: () => void) => {
    run(() => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
  });
  return thrown;
}

const turned = () => new Promise((resolve) => setImmediate(resolve));
const never = new Promise<number>(() => undefined);
const phasesOf = (uploads: readonly UploadHandle[]) => uploads.map(({ phase }) => phase);

describe('options', () => {
  const transport = createHttpTransport('/api/video');
  const nothing = () => null;
  const noStorage = { length: 0, key: nothing, getItem: nothing, setItem: nothing, removeItem: nothing };

  test.each([
    [{}, "createUploader: `transport` must be a transport, for instance createHttpTransport('/api/video')"],
    [{ transport: { getUploadUrl: () => undefined } }, '`transport` must be a transport'],
    [{ transport: { ...transport, confirmUpload: undefined } }, '`transport` must be a transport'],
    [{ transport: { ...transport, getUpload: undefined } }, '`transport` must be a transport'],
    [{ transport: null }, '`transport` must be a transport'],
    [{ transport, maxFiles: 0 }, '`maxFiles` must be a whole number from 1 to 10'],
    [{ transport, maxFiles: 11 }, '`maxFiles` must be a whole number from 1 to 10'],
    [{ transport, maxParts: 0 }, '`maxParts` must be a whole number from 1 to 16'],
    [{ transport, stallSeconds: 0 }, '`stallSeconds` must be a whole number of seconds from 1 to 3600'],
    [{ transport, stallSeconds: 3601 }, '`stallSeconds` must be a whole number of seconds from 1 to 3600'],
    [{ transport, validator: {} }, '`validator` must be a Validator'],
    [{ transport, clock: { now: () => 0 } }, '`clock` must be a clock'],
    [{ transport, maxParts: 17 }, '`maxParts` must be a whole number from 1 to 16'],
    [{ transport, maxPart: 4 }, '`maxPart` is not an option; do you mean `maxParts`?'],
    [{ transport, storage: {} }, '`storage` must be a Storage, for instance sessionStorage'],
    [{ transport, storage: { ...noStorage, key: undefined } }, '`storage` must be a Storage'],
    [{ transport, storage: { ...noStorage, getItem: undefined } }, '`storage` must be a Storage'],
    [{ transport, storage: { ...noStorage, setItem: undefined } }, '`storage` must be a Storage'],
    [{ transport, storage: { ...noStorage, removeItem: undefined } }, '`storage` must be a Storage'],
    [{ transport, clock: { sleep: () => undefined } }, '`clock` must be a clock'],
    [{ transport, guardUnload: 'yes' }, '`guardUnload` must be true or false'],
  ])('%j is refused with a message that explains the fix', (options, sentence) => {
    expect(() => Reflect.apply(createUploader, undefined, [options])).toThrow(sentence);
  });

  test.each([
    { maxFiles: 10 },
    { maxFiles: 1 },
    { maxParts: 16 },
    { maxParts: 1 },
    { stallSeconds: 3600 },
    { stallSeconds: 1 },
  ])('%j is accepted', (options) => {
    expect(() => createUploader({ transport, ...options }).close()).not.toThrow();
  });

  test('of the transport are checked too', () => {
    expect(() => Reflect.apply(createHttpTransport, undefined, ['/', { header: {} }])).toThrow(
      'do you mean `headers`?',
    );
    expect(() => createHttpTransport('/', { timeoutSeconds: 0 })).toThrow('`timeoutSeconds` must be a whole number');
  });
});

describe('without options', () => {
  test('two files are sent at once, and the page is not guarded', () => {
    const events = pageEvents();
    const { page, file } = scriptedPage({});
    expect(phasesOf([1, 2, 3].map(() => page.upload(file)))).toEqual(['checking', 'checking', 'waiting']);
    expect(events.listening()).toEqual(['offline', 'online']);
    page.close();
  });

  test('four parts of a file are sent at once', async () => {
    const sent = Promise.withResolvers<void>();
    const { page, file, asked } = scriptedPage({
      ticket: () => ({ ...partsTicket(5), partSizeBytes: 5 }),
      send: (call) => {
        if (call === 4) sent.resolve();
        return never;
      },
    });
    page.upload(file);
    await sent.promise;
    await turned();
    expect(asked.filter((each) => each === 'send')).toHaveLength(4);
    page.close();
  });

  test('a request may stall for 30 seconds, which is checked ten times', async () => {
    const { page, file, waits } = scriptedPage({}, { stallSeconds: undefined });
    await page.upload(file).done;
    expect(waits).toEqual([3000]);
  });

  test('the clock is the computer’s', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    const { page, file, remembered } = scriptedPage({}, { clock: undefined });
    await pauseBeforeSending(page.upload(file));
    expect(remembered()).toMatchObject([{ begunAtMs: 1_700_000_000_000 }]);
    page.close();
  });
});

test('a validator runs before the host app is called', async () => {
  const { page, file, asked } = scriptedPage({}, { validator: new Validator({ maxSizeBytes: 7 }) });
  await expect(page.upload(file).done).rejects.toMatchObject({ problems: [{ code: 'FILE_TOO_LARGE' }] });
  expect(asked).toEqual([]);
});

describe('the unsent calls of an earlier visit', () => {
  /** A page after a visit that left a pending confirm, a pending release, or only unsent bytes. */
  function revisited(
    pending: 'confirm' | 'release' | undefined,
    script: PageScript,
    options: Partial<UploaderOptions>,
  ) {
    const storage = new MapStorage();
    const memory = new RememberedUploads(storage, () => 1_800_000_000_000);
    memory.keep({
      ...{ idempotencyKey: 'k1', uploadReference: 'r1', fileName: 'film.mp4', sizeBytes: 25, fingerprint: 'f' },
      ...{ begunAtMs: 1_800_000_000_000, ...(pending !== undefined && { pending }) },
    });
    return { ...scriptedPage(script, { storage, ...options }), memory, storage };
  }

  test('are repeated when the uploader is created, and when the network is back', async () => {
    const events = pageEvents();
    const tries = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const confirm = (call: number) => {
      tries[call - 1]?.resolve();
      return call === 1 ? new BackendError('BACKEND_UNAVAILABLE', 'away') : videoThatIs('ready');
    };
    const { memory, asked } = revisited('confirm', { confirm }, {});
    await tries[0]?.promise;
    events.set(false);
    await turned();
    expect(asked).toEqual(['confirm']);
    events.set(true);
    await tries[1]?.promise;
    await turned();
    expect([asked, memory.list()]).toEqual([['confirm', 'confirm'], []]);
  });

  test('are found in the page’s localStorage, unless another storage is passed', async () => {
    const { storage } = revisited('confirm', { confirm: () => new BackendError('BACKEND_UNAVAILABLE', 'away') }, {});
    vi.stubGlobal('document', {});
    vi.stubGlobal('localStorage', storage);
    const { page } = scriptedPage({}, { storage: undefined });
    await vi.waitUntil(() => storage.length === 0, { interval: 1 });
    expect(await page.resumeConfirms()).toBe(0);
  });

  test('are counted when they made a video', async () => {
    const tried = Promise.withResolvers<void>();
    const confirm = (call: number) => {
      tried.resolve();
      return call === 1 ? new BackendError('BACKEND_UNAVAILABLE', 'away') : videoThatIs('ready');
    };
    const { page, memory } = revisited('confirm', { confirm }, {});
    const unsent = { idempotencyKey: 'k2', uploadReference: 'r2', fileName: 'b.mp4', sizeBytes: 1, fingerprint: 'g' };
    memory.keep({ ...unsent, begunAtMs: 1_800_000_000_000 });
    await tried.promise;
    await turned();
    expect(await page.resumeConfirms()).toBe(1);
    expect(memory.list()).toMatchObject([unsent]);
  });

  test('that need their file are resumable until they are discarded, and are not confirms', async () => {
    const { page, asked } = revisited(undefined, {}, {});
    expect(await page.resumeConfirms()).toBe(0);
    expect(await page.resumable()).toEqual([{ uploadReference: 'r1', fileName: 'film.mp4', sizeBytes: 25 }]);
    await page.discard('r1');
    expect(await page.resumable()).toEqual([]);
    expect(asked).toEqual(['state', 'release']);
  });
});

test('uploads that this page sends are not resumable', async () => {
  const { page, file, asked } = scriptedPage({});
  await pauseBeforeSending(page.upload(file));
  expect(await page.resumable()).toEqual([]);
  expect(asked).toEqual(['ticket']);
  page.close();
});

test('uploads of a page without a network are offline, and report it', () => {
  const events = pageEvents();
  const { page, file } = scriptedPage({});
  const heard: string[] = [];
  page.upload(file).subscribe(({ phase }) => void heard.push(phase));
  events.set(false);
  events.set(true);
  expect(heard).toEqual(['offline', 'checking']);
  page.close();
});

describe('the queue', () => {
  /** A page with four files that sends one at a time, and the changes reported since. */
  function queued(script: PageScript = {}) {
    const world = scriptedPage(script, { maxFiles: 1 });
    const [a, b, c, d] = [1, 2, 3, 4].map(() => world.page.upload(world.file));
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four uploads');
    const heard: unknown[] = [];
    const unsubscribe = world.page.subscribe((page) => void heard.push(page));
    return { ...world, ...{ a, b, c, d, heard, unsubscribe } };
  }

  test('has its files in order, and lets one be moved', () => {
    const { page, heard, a, b, c, d } = queued();
    expect([page.uploads, phasesOf(page.uploads)]).toEqual([
      [a, b, c, d],
      ['checking', 'waiting', 'waiting', 'waiting'],
    ]);
    page.moveTo(d, 1);
    expect([page.uploads, heard]).toEqual([[a, d, b, c], [page]]);
    page.moveTo(a, 99);
    expect(page.uploads).toEqual([d, b, c, a]);
    page.moveTo(c, -1);
    expect(page.uploads).toEqual([c, d, b, a]);
    const other = queued();
    page.moveTo(other.a, 0);
    expect([page.uploads, heard.length]).toEqual([[c, d, b, a], 3]);
    page.close();
    other.page.close();
  });

  test('starts its first file when a place is free, and continues without removed ones', async () => {
    const { page, a, b, c, d } = queued();
    page.moveTo(d, 0);
    await page.remove(a);
    expect([page.uploads, phasesOf([a, d, b, c])]).toEqual([
      [d, b, c],
      ['aborted', 'checking', 'waiting', 'waiting'],
    ]);
    expect(await d.done).toMatchObject({ status: 'ready' });
    expect(b.phase).toBe('checking');
    page.close();
  });

  test('reports added and removed uploads, until the listener unsubscribes', async () => {
    const { page, file, heard, unsubscribe } = queued();
    const late = page.upload(file);
    expect([heard, late.phase]).toEqual([[page], 'waiting']);
    late.pause();
    heard.length = 0;
    const [ready] = page.uploads;
    await ready?.done;
    heard.length = 0;
    if (ready !== undefined) await page.remove(ready);
    expect([heard, page.uploads.length]).toEqual([[page], 4]);
    unsubscribe();
    heard.length = 0;
    page.upload(file);
    expect(heard).toEqual([]);
    page.close();
  });

  test('reports the removal of a video that is processed, and stops polling it', async () => {
    const { page, a, heard } = queued({ confirm: () => videoThatIs('processing') });
    await until(a, ({ phase }) => phase === 'processing');
    const removed = page.remove(a);
    await expect(a.done).rejects.toMatchObject({ name: 'AbortError' });
    await removed;
    expect([a.phase, page.uploads.includes(a), heard.at(-1)]).toEqual(['processing', false, page]);
    page.close();
  });

  test('that is closed pauses its files, starts none of them, and gets no events of them or of the page', async () => {
    const events = pageEvents();
    const { page, a, b, c, d, heard } = queued();
    const phases: string[] = [];
    for (const each of [a, b, c, d]) each.subscribe(({ phase }) => void phases.push(phase));
    page.close();
    expect([a.phase, events.listening()]).toEqual(['paused', []]);
    expect(phases).toEqual(['paused', 'paused', 'paused', 'paused']);
    await expect(a.done).rejects.toMatchObject({ name: 'AbortError' });
    heard.length = 0;
    await page.remove(a);
    expect(heard).toEqual([]);
  });
});

describe('a page that is guarded', () => {
  test('asks before it is left only while an upload has not ended', async () => {
    const events = pageEvents();
    const { page, file } = scriptedPage({}, { guardUnload: true, maxFiles: 1 });
    expect(events.listening()).not.toContain('beforeunload');
    const [first, second] = [page.upload(file), page.upload(file, { contextId: 'other' })];
    await first.done;
    expect(events.listening()).toContain('beforeunload');
    await second.done;
    expect(events.listening()).not.toContain('beforeunload');
    page.upload(file);
    expect(events.listening()).toContain('beforeunload');
    page.close();
    expect(events.listening()).toEqual([]);
  });

  test('is not guarded for an upload that failed', async () => {
    const events = pageEvents();
    const { page, file } = scriptedPage({ ticket: () => new AccessError('ACCESS_DENIED') }, { guardUnload: true });
    const upload = page.upload(file);
    expect(events.listening()).toContain('beforeunload');
    await expect(upload.done).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    expect([upload.phase, events.listening().includes('beforeunload')]).toEqual(['failed', false]);
  });

  test('is no longer guarded when its uploader was closed, whatever the host app answers later', async () => {
    const events = pageEvents();
    const state = () => {
      page.close();
      return { status: 'expired' } as const;
    };
    const { page, file, asked } = scriptedPage({ state }, { guardUnload: true });
    const upload = page.upload(file);
    await pauseBeforeSending(upload);
    upload.resume();
    await expect(upload.done).rejects.toThrow('stopped');
    await turned();
    expect([upload.phase, asked]).toEqual(['paused', ['ticket', 'state']]);
    expect(events.listening()).toEqual([]);
    await upload.abort();
    expect(upload.phase).toBe('aborted');
  });
});

test('a listener that throws stops no upload, not the queue and no other listener, and is reported as an error of the page', async () => {
  const thrown = uncaughtErrors();
  const { page, file } = scriptedPage({}, { maxFiles: 1 });
  const phases = new Set<string>();
  const fail = () => {
    throw new Error('of the page');
  };
  page.subscribe(fail);
  page.subscribe(({ uploads: [first] }) => phases.add(first?.phase ?? ''));
  const uploads = [page.upload(file), page.upload(file)];
  for (const upload of uploads) upload.subscribe(fail);
  for (const upload of uploads) await upload.done;
  expect(phasesOf(uploads)).toEqual(['ready', 'ready']);
  expect([...phases]).toEqual(['checking', 'asking', 'sending', 'confirming', 'ready']);
  await turned();
  expect(new Set(thrown.map(String))).toEqual(new Set(['Error: of the page']));
});

describe('an upload with a signal', () => {
  const reason = new Error('the form is reset');

  test.each([true, false])('ends with its reason, also when it was aborted before: %s', async (isBefore) => {
    const { page, file, asked } = scriptedPage({});
    const controller = new AbortController();
    if (isBefore) controller.abort(reason);
    const upload = page.upload(file, { signal: controller.signal });
    controller.abort(reason);
    await expect(upload.done).rejects.toBe(reason);
    expect([upload.phase, asked]).toEqual(['aborted', []]);
  });

  test('no longer listens to it after the end; a failed one, which can be resumed, still does', async () => {
    const { signal } = new AbortController();
    const listening = new Set<unknown>();
    signal.addEventListener = (_: string, listener: unknown) => void listening.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listening.delete(listener);
    const confirm = (call: number) => (call === 1 ? new AccessError('ACCESS_DENIED') : videoThatIs('ready'));
    const { page, file } = scriptedPage({ confirm });
    const upload = page.upload(file, { signal });
    await expect(upload.done).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    expect(listening.size).toBe(1);
    upload.resume();
    await upload.done;
    expect(listening.size).toBe(0);
    const second = page.upload(file, { signal });
    expect(listening.size).toBe(1);
    await second.abort();
    expect(listening.size).toBe(0);
  });
});
