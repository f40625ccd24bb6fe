import { dirname } from 'node:path';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type DiskEvent, RecordedFiles } from '../test-support/recorded-files.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };
let running: RunningStorage;

afterEach(() => running.stop());

/** Drafts and locks, which a crash may lose. */
const isTemporary = (path: string) => /^uploads\/[^/]*\.(?:draft-[^/]*|lock)(?:\/|$)/.test(path);

/** Names that a file got while some of its bytes were not synced: after a power failure they may name a file without bytes. */
function namedBeforeSynced(events: readonly DiskEvent[]): readonly string[] {
  const unsynced = new Set<string>();
  const found: string[] = [];
  for (const { kind, path, from = '' } of events) {
    if (kind === 'write') unsynced.add(path);
    if (kind === 'sync') unsynced.delete(path);
    if (kind !== 'link' && kind !== 'rename') continue;
    const unsyncedBelow = [...unsynced].filter((name) => name === from || name.startsWith(`${from}/`));
    if (unsyncedBelow.length > 0 && !isTemporary(path)) found.push(`${kind} ${path}`);
    for (const name of unsyncedBelow) {
      unsynced.add(path + name.slice(from.length));
      if (kind === 'rename') unsynced.delete(name);
    }
  }
  return found;
}

/** Names that were made, replaced or removed, and whose folder was not synced afterwards. */
function namesNotSynced(events: readonly DiskEvent[]): readonly string[] {
  return events.flatMap(({ kind, path }, index) => {
    if (!['link', 'rename', 'remove', 'mkdir'].includes(kind) || isTemporary(path)) return [];
    // When a crash undoes the removal of a source, the sweep finds the source again.
    if (kind === 'remove' && path.startsWith('uploads/')) return [];
    const later = events.slice(index + 1);
    const isRemoved = (folder: string) => later.some((event) => event.kind === 'remove' && event.path === folder);
    let folder = dirname(path);
    if (kind === 'remove') while (isRemoved(folder)) folder = dirname(folder);
    return later.some((event) => event.kind === 'sync' && event.path === folder) ? [] : [`${kind} ${path}`];
  });
}

describe.each([
  ['with hard links', true],
  ['without hard links', false],
])('on a file system %s', (_, hasLinks) => {
  test('what was reported as done is synced: bytes before their name, names before the answer', async () => {
    const files = new RecordedFiles({ hasLinks });
    running = await startStorage({ fileFunctions: files.functions });
    const { storage, folder } = running;
    files.begin(folder);
    const ticket = await storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);

    files.events.splice(0, files.events.length, ...files.events.filter(({ kind }) => kind === 'write'));
    const { videoId } = await storage.confirmUpload(ticket.uploadReference, anna);
    expect(namedBeforeSynced(files.events)).toEqual([]);
    expect(namesNotSynced(files.events)).toEqual([]);
    const named = files.events.filter(({ kind }) => kind === 'link' || kind === 'rename').map(({ path }) => path);
    const id = videoId.slice(0, 32);
    for (const name of [`claims/${id}`, `records/${id}.json`, `videos/${id}/source.mp4`]) expect(named).toContain(name);

    files.begin(folder);
    await storage.deleteVideo(videoId);
    expect(namedBeforeSynced(files.events)).toEqual([]);
    expect(namesNotSynced(files.events)).toEqual([]);
    const changed = files.events.filter(({ kind }) => kind !== 'open').map(({ kind, path }) => `${kind} ${path}`);
    expect(changed).toEqual(expect.arrayContaining([`remove videos/${id}/source.mp4`, `remove videos/${id}`]));
  });

  test('a sweep makes the removal of each document durable before it removes the next one', async () => {
    const files = new RecordedFiles({ hasLinks });
    const clock = new ManualClock({ nowMs: Date.now() });
    running = await startStorage({ fileFunctions: files.functions, clock });
    const { storage, folder } = running;
    const ticket = await storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    const { videoId } = await storage.confirmUpload(ticket.uploadReference, anna);
    await storage.deleteVideo(videoId);
    clock.advance(50 * 3_600_000);
    files.begin(folder);
    expect(await storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
    const id = videoId.slice(0, 32);
    const changes = files.events.filter(({ kind }) => kind === 'remove' || kind === 'sync');
    expect(changes.map(({ kind, path }) => `${kind} ${path.replace(/\.[0-9a-f]{32}$/, '.*')}`)).toEqual([
      ...[`remove claims/${id}`, 'sync claims', `remove claims/${id}.*`, 'sync claims'],
      ...[`remove records/${id}.json`, 'sync records'],
    ]);
  });

  test('every opened file is closed, and only the owner can read a new file or folder', async () => {
    const files = new RecordedFiles({ hasLinks });
    running = await startStorage({ fileFunctions: files.functions });
    files.begin(running.folder);
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    await running.storage.confirmUpload(ticket.uploadReference, anna);
    const count = (kind: DiskEvent['kind']) => files.events.filter((event) => event.kind === kind).length;
    expect(count('open')).toBeGreaterThan(5);
    expect(count('close')).toBe(count('open'));
    const written = new Set(files.events.flatMap(({ kind, path }) => (kind === 'write' ? [path] : [])));
    const modes = files.events.flatMap(({ kind, path, mode }) => (mode === undefined ? [] : [[kind, path, mode]]));
    expect(modes.filter(([, , mode]) => mode !== 0o600 && mode !== 0o700)).toEqual([]);
    for (const { kind, path, mode } of files.events) if (kind === 'mkdir') expect([path, mode]).toEqual([path, 0o700]);
    expect(written.size).toBeGreaterThan(2);
  });
});
