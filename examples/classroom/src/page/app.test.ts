// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VideoStorageUploaderElement } from '@videostorage/uploader/element';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { comesTrue } from '../../test-support/comes-true.ts';
import { drawableVideo } from '../../test-support/drawable-video.ts';

const html = readFileSync(join(import.meta.dirname, 'index.html'), 'utf8');
const assignment = { id: 'place', title: 'Show us a place', dueAt: '2999-01-01T00:00:00.000Z' };

/** The signed-in user. */
let userId: string | undefined;
/** Whether the classroom answers. */
let isThere = true;
/** A promise that delays the answer with an assignment's videos. */
let held: Promise<void> | undefined;
const asked: string[] = [];

/** Resolves after the event of an address change, which takes a timer of the same length, as answers from a network do. */
const later = () => new Promise((resolve) => setTimeout(resolve, 1));

async function answer(path: string, { method = '', body }: RequestInit): Promise<Response> {
  asked.push(`${method} ${path}`);
  await later();
  if (path.includes('contextId')) await held;
  if (!isThere) throw new TypeError('Failed to fetch');
  const error = { code: 'UNAUTHENTICATED', message: 'Please sign in.', retryable: false };
  if (path !== '/api/session') {
    return userId === undefined
      ? Response.json({ error }, { status: 401 })
      : Response.json({ assignments: [assignment], videos: [], entries: [] });
  }
  if (method === 'DELETE') userId = undefined;
  const { name, role } = JSON.parse(method === 'POST' ? String(body) : '{}');
  if (method === 'POST') userId = `${role}:${name}`;
  const actor = userId === undefined ? undefined : { userId, roles: [userId.split(':')[0]] };
  return Response.json({ maxSizeBytes: 1000, storedAt: 'Videos are here.', actor });
}

/** Removes the page's listeners, since other test files of this process have the same document. */
const stopListening: (() => void)[] = [];

function recordListeners(target: EventTarget): void {
  const original = target.addEventListener;
  target.addEventListener = (...[type, listener, options]: Parameters<EventTarget['addEventListener']>) => {
    original.call(target, type, listener, options);
    stopListening.push(() => target.removeEventListener(type, listener, options));
  };
  // Assigned, not defined: vitest's window for happy-dom has a setter, which keeps the value.
  stopListening.push(() => {
    target.addEventListener = original;
  });
}

beforeAll(() => {
  for (const target of [document, window]) recordListeners(target);
  // Stops the page's polling, so that it does not continue in other files of this process.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  document.body.innerHTML = html.slice(html.indexOf('<body>') + '<body>'.length, html.indexOf('</body>'));
});

beforeEach(async () => {
  vi.stubGlobal('fetch', answer);
  await import('./app.ts');
});

afterEach(async () => {
  isThere = true;
  if (find('name') === null) await signOut();
});

afterAll(() => {
  for (const stop of stopListening) stop();
  vi.useRealTimers();
});

const find = <Found extends HTMLElement>(id: string) => document.querySelector<Found>(`[data-testid=${id}]`);
const textOf = (id: string) => find(id)?.textContent;

async function comeIn(name: string, role: string): Promise<void> {
  Object.assign(find('name') ?? {}, { value: name });
  find(`as-${role}`)?.click();
  await comesTrue(() => expect(find('assignments')).not.toBeNull());
}

async function signOut(): Promise<void> {
  find('sign-out')?.click();
  await comesTrue(() => expect(find('name')).not.toBeNull());
}

async function openAssignment(): Promise<VideoStorageUploaderElement | null> {
  location.hash = `#/assignments/${assignment.id}`;
  await comesTrue(() => expect(textOf('heading')).toBe(assignment.title));
  return find('uploader');
}

/** Waits as long as answers take that the test does not await. */
async function settled(): Promise<void> {
  for (let answers = 0; answers < 10; answers += 1) await later();
}

test('the signed-in user’s name is shown; only an administrator has links to cost and activity', async () => {
  const shown = () => [textOf('who')?.trim(), document.getElementById('nav')?.hidden, textOf('stored-at')];
  await comeIn('Ada', 'student');
  expect([...shown(), document.title]).toEqual(['Ada student', true, 'Videos are here.', 'Assignments · Classroom']);
  await signOut();
  await comeIn('Ms Byron', 'teacher');
  expect(shown()).toEqual(['Ms Byron teacher', true, 'Videos are here.']);
  await signOut();
  await comeIn('Mr Boole', 'administrator');
  expect(shown()).toEqual(['Mr Boole administrator', false, 'Videos are here.']);
  expect([...document.querySelectorAll('[aria-current]')].map(({ textContent }) => textContent)).toEqual([
    'Assignments',
  ]);
});

test('after signing out the sign-in page is shown, and no refusal of the old page’s requests', async () => {
  await comeIn('Ada', 'student');
  await openAssignment();
  await signOut();
  await settled();
  expect([textOf('heading'), textOf('message'), find('who')?.parentElement?.hidden]).toEqual([
    'Who are you?',
    '',
    true,
  ]);
});

test('an upload continues while another page is shown, but not for the next user', async () => {
  await comeIn('Ada', 'student');
  const uploader = (await openAssignment())?.uploader;
  location.hash = '#/';
  await comesTrue(() => expect(find('assignments')).not.toBeNull());
  expect((await openAssignment())?.uploader).toBe(uploader);
  const close = uploader && vi.spyOn(uploader, 'close');
  await signOut();
  expect(close).toHaveBeenCalledTimes(1);
  await comeIn('Grace', 'student');
  expect((await openAssignment())?.uploader).not.toBe(uploader);
});

test('a message for the next page is shown there, and not on later ones; each page gets the focus', async () => {
  await comeIn('Ms Byron', 'teacher');
  location.hash = '#/videos/1';
  await comesTrue(() => expect(find('delete')).not.toBeNull());
  expect(document.activeElement).toBe(find('heading'));
  find('delete')?.click();
  document.querySelector('dialog')?.close('delete');
  await comesTrue(() => expect(textOf('message')).toBe('The video of Someone has been deleted.'));
  expect(find('message')?.className).toBe('message good');
  await openAssignment();
  expect([textOf('message'), document.activeElement]).toEqual(['', find('heading')]);
  await signOut();
  expect(document.activeElement).toBe(find('name'));
});

test.each(['dragover', 'drop'])('a file that is dropped beside the uploader does not replace the page: %s', (type) => {
  const event = new Event(type, { bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
});

test('the picture of a file whose upload has started is sent; an upload without its file has none', async () => {
  drawableVideo({ jpeg: new Blob(['x'], { type: 'image/jpeg' }) });
  await comeIn('Ada', 'student');
  const handle = { phase: 'sending', uploadReference: 'r1', subscribe: () => () => undefined };
  const start = (detail: object) => document.dispatchEvent(new CustomEvent('upload-started', { detail }));
  start({ handle: { ...handle, uploadReference: 'r2' }, file: undefined });
  start({ handle, file: new File(['x'], 'film.mp4') });
  await comesTrue(() => expect(asked).toContain('PUT /api/posters/r1'));
  expect(asked.filter((each) => each.includes('posters'))).toEqual(['PUT /api/posters/r1']);
});

test('an upload continues when signing out fails', async () => {
  await comeIn('Ada', 'student');
  const uploader = (await openAssignment())?.uploader;
  const close = uploader && vi.spyOn(uploader, 'close');
  isThere = false;
  find('sign-out')?.click();
  await comesTrue(() => expect(textOf('message')).toContain('does not answer'));
  expect([close?.mock.calls, textOf('who')?.trim()]).toEqual([[], 'Ada student']);
});

test('a page that loads late does not replace a later one', async () => {
  await comeIn('Ada', 'student');
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  location.hash = `#/assignments/${assignment.id}`;
  await comesTrue(() => expect(asked.at(-1)).toBe('GET /api/video/videos?contextId=place'));
  location.hash = '#/';
  await comesTrue(() => expect(asked.at(-1)).toBe('GET /api/video/videos'));
  await settled();
  resolve();
  await settled();
  expect(textOf('heading')).toBe('Assignments');
});

test('a page refreshes every three seconds, but not while it is hidden; a failed refresh shows no message', async () => {
  await comeIn('Ada', 'student');
  const looks = async () => {
    asked.length = 0;
    vi.advanceTimersByTime(3000);
    await settled();
    return asked.length;
  };
  expect(await looks()).toBe(2);
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  expect(await looks()).toBe(0);
  hidden.mockRestore();
  isThere = false;
  expect([await looks(), textOf('message')]).toEqual([2, '']);
});

test('the message of a failed action is shown until the next action', async () => {
  await comeIn('Ada', 'student');
  isThere = false;
  find('sign-out')?.click();
  await comesTrue(() => expect(textOf('message')).toBe('The classroom does not answer. Is it still running?'));
  expect(find('message')?.className).toBe('message bad');
  isThere = true;
  await openAssignment();
  expect(textOf('message')).toBe('');
  isThere = false;
  find('sign-out')?.click();
  await comesTrue(() => expect(textOf('message')).not.toBe(''));
  find('sign-out')?.click();
  expect(textOf('message'), 'while the request is pending').toBe('');
});
