import { RetryHandler } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { Agent, type Dispatcher } from 'undici';
import { afterEach, expect, test } from 'vitest';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { confirmed, occupied, Subjects, send, user } from '../test-support/subjects.ts';

const HOUR_MS = 3_600_000;
const subjects = new Subjects();

afterEach(() => subjects.dispose());

/** The clock of a host app, which is wrong by so much. */
const clockOf = ({ clock }: EmulatedSubject, offMs: number) => ({
  now: () => clock.now() + offMs,
  sleep: (delayMs: number, signal?: AbortSignal) => clock.sleep(delayMs, signal),
});

const uids = async (subject: EmulatedSubject) => {
  const { emulator } = subject;
  const url = `${emulator.apiOrigin}/client/v4/accounts/${emulator.accountId}/stream`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${emulator.apiToken}` } });
  const { result } = (await answer.json()) as { readonly result: readonly { readonly uid: string }[] };
  return result.map(({ uid }) => uid).sort();
};

test('uploads that were sent and never confirmed are deleted after 48 h, not earlier; videos and uploads of other programs stay', async () => {
  const subject = await subjects.create();
  const { storage, clock } = subject;
  const video = await confirmed(subject);
  const adopted = await confirmed(subject);
  await storage.updateVideo(adopted.videoId, { fileName: 'other.mp4' });
  const forgotten = await send(subject);
  clock.advance(48 * HOUR_MS - 1);
  const none = { finished: 0, released: 0, bytesReleased: 0, failures: [], more: false };
  expect(await storage.maintenance.sweep()).toMatchObject(none);
  expect(await uids(subject)).toContain(forgotten.videoId);
  clock.advance(1);
  expect(await storage.maintenance.sweep()).toMatchObject({ ...none, released: 1, bytesReleased: expect.any(Number) });
  expect(await uids(subject)).toEqual([video.videoId, adopted.videoId].sort());
  expect((await occupied(subject))[0]).toBe(2);
});

test('a dry run reports what would be deleted, and sends only reads; neither it nor a run changes where the other begins', async () => {
  const subject = await subjects.create();
  const { storage, clock, emulator } = subject;
  for (let sent = 0; sent < 3; sent++) await send(subject);
  clock.advance(49 * HOUR_MS);
  const before = emulator.requests.length;
  const dry = await storage.maintenance.sweep({ dryRun: true, limit: 2 });
  expect(dry).toMatchObject({ examined: 2, released: 2, more: true });
  expect(emulator.requests.slice(before).filter((line) => !line.startsWith('GET '))).toEqual([]);
  expect(await storage.maintenance.sweep()).toMatchObject({ examined: 3, released: 3, more: false });
  expect(await storage.maintenance.sweep({ dryRun: true })).toMatchObject({ examined: 0, more: false });
});

test('the limit ends a run; the next one continues after it, until there is no more', async () => {
  const subject = await subjects.create();
  const { storage, clock } = subject;
  const kept = await confirmed(subject);
  for (let sent = 0; sent < 3; sent++) await send(subject);
  clock.advance(49 * HOUR_MS);
  const runs = [];
  for (let run = 0; run < 4; run++) runs.push(await storage.maintenance.sweep({ limit: 1 }));
  expect(runs.map(({ examined, more }) => [examined, more]).slice(0, 3)).toEqual([
    [1, true],
    [1, true],
    [1, true],
  ]);
  expect(runs.reduce((sum, { released }) => sum + released, 0)).toBe(3);
  expect(await uids(subject)).toEqual([kept.videoId]);
});

test('an upload that cannot be deleted is reported with its code, does not stop the others, and is deleted by the next run', async () => {
  const subject = await subjects.create();
  const { storage, clock, emulator } = subject;
  await send(subject);
  await send(subject);
  clock.advance(49 * HOUR_MS);
  emulator.failNext({ kind: 'status', status: 403 }, { matches: ({ method }) => method === 'DELETE' });
  const first = await storage.maintenance.sweep();
  expect(first).toMatchObject({ examined: 2, released: 1, more: false });
  expect(first.failures).toEqual([{ id: expect.stringMatching(/^[0-9a-f]{32}$/), code: 'BACKEND_REFUSED' }]);
  expect(await storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
  expect(await uids(subject)).toEqual([]);
});

test('an upload that takes all of the time is reported as a failure, and the next run continues after it', async () => {
  const clock = new ManualClock();
  const subject = await subjects.create({ retryHandler: new RetryHandler({ maxAttempts: 1, clock }) });
  const { storage, emulator } = subject;
  for (let sent = 0; sent < 3; sent++) {
    await send(subject);
    subject.clock.advance(1);
  }
  subject.clock.advance(49 * HOUR_MS);
  const matches = ({ method }: { readonly method?: string | undefined }) => {
    if (method === 'DELETE') clock.advance(10_000);
    return method === 'DELETE';
  };
  emulator.failNext({ kind: 'hang' }, { matches });
  const stuck = { id: expect.any(String), code: 'TIMEOUT' };
  expect(await storage.maintenance.sweep()).toMatchObject({ examined: 1, released: 0, failures: [stuck], more: true });
  expect(await storage.maintenance.sweep()).toMatchObject({ examined: 2, released: 2, failures: [], more: false });
  expect(await storage.maintenance.sweep()).toMatchObject({ examined: 1, released: 1, failures: [], more: false });
});

test('an upload that is confirmed while the sweep lists it stays', async () => {
  const subject = await subjects.create();
  const { clock } = subject;
  const ticket = await send(subject);
  const { storage: other } = subject.with({ clock: clockOf(subject, -25 * HOUR_MS) });
  clock.advance(49 * HOUR_MS);
  const confirmsAfterTheList: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
    const isRead = options.method === 'GET' && options.path.endsWith(`/stream/${ticket.videoId}`);
    if (!isRead) return dispatch(options, handler);
    void other.confirmUpload(ticket.uploadReference, user).then(() => dispatch(options, handler));
    return true;
  };
  const { storage } = subject.with({ dispatcher: new Agent().compose(confirmsAfterTheList) });
  expect(await storage.maintenance.sweep()).toMatchObject({ examined: 1, released: 0, failures: [] });
  expect(await storage.videoExists(ticket.videoId)).toBe(true);
});

test.each([-1, 1])(
  'a host app whose clock is %i h wrong deletes uploads that are 48 h old by Cloudflare’s, and nothing younger',
  async (hours) => {
    const subject = await subjects.create();
    const ticket = await send(subject);
    const skewed = () => subject.with({ clock: clockOf(subject, hours * HOUR_MS) }).storage;
    subject.clock.advance(47.5 * HOUR_MS);
    expect(await skewed().maintenance.sweep()).toMatchObject({ released: 0 });
    expect(await uids(subject)).toEqual([ticket.videoId]);
    subject.clock.advance(HOUR_MS);
    const storage = skewed();
    await storage.listVideos();
    expect(await storage.maintenance.sweep()).toMatchObject({ released: 1 });
  },
);

test('a caller who aborts gets their own reason', async () => {
  const { storage } = await subjects.create();
  const reason = new Error('gone');
  await expect(storage.maintenance.sweep({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
