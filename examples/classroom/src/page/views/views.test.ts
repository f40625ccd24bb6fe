// @vitest-environment happy-dom
import type { CostEstimate, VideoMetadata } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { comesTrue } from '../../../test-support/comes-true.ts';
import { assignmentUploader } from '../assignment-uploader.ts';
import { type HistoryEntry, host } from '../host.ts';
import { KeyedList } from '../keyed-list.ts';
import type { Page } from '../view.ts';
import { activityView } from './activity.ts';
import { assignmentView } from './assignment.ts';
import { assignmentForm } from './assignment-form.ts';
import { assignmentsView } from './assignments.ts';
import { costView } from './cost.ts';
import { historyLines } from './history-list.ts';
import { playerOf } from './player-of.ts';
import { submissionCard } from './submission-card.ts';
import { videoView } from './video.ts';

/** The classroom's answers, by method and path. */
const answers = new Map<string, unknown>();
const sent: (readonly unknown[])[] = [];

beforeEach(() => {
  answers.clear();
  sent.length = 0;
  messages.length = 0;
  document.body.replaceChildren();
  vi.stubGlobal('fetch', async (path: string, { method, body, headers }: RequestInit) => {
    const asked = `${method} ${path}`;
    if (method !== 'GET') sent.push([asked, new Headers(headers).get('content-type'), body]);
    const answer = answers.get(asked);
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : Response.json(answer ?? {});
  });
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const due = { late: inDays(9), soon: inDays(1), past: inDays(-1), longPast: inDays(-9) };
const assignments = Object.entries(due).map(([id, dueAt]) => ({ id, title: `The ${id}`, dueAt }));
const createdAt = '2030-06-01T12:00:00.000Z';
const video = (videoId: string, over: Partial<VideoMetadata> = {}): VideoMetadata => ({
  ...{ videoId, backendName: 'local', status: 'ready', playable: true, createdAt, userId: 'student:Ada' },
  ...{ contextId: 'soon', ...over },
});
const entry = (userId: string, recordId = '1', at = createdAt): HistoryEntry => ({
  ...{ id: `${userId} ${recordId} ${at}`, at, event: 'playback.issued', outcome: 'ok', userId, recordId },
});

/** The messages of a page, and where it went. */
const messages: unknown[] = [];

function pageOf(userId: string): Page {
  const [role = ''] = userId.split(':');
  const uploader = assignmentUploader(1000);
  return {
    session: { maxSizeBytes: 1000, storedAt: 'Here.', person: { userId, role } },
    attempt: (work) => work().catch(({ message }: Error) => void messages.push([message])),
    uploaderOf: () => uploader,
    showMessage: (...message) => void messages.push(message),
    go: (...place) => void messages.push(place),
  };
}

const textsOf = (root: ParentNode, selector: string) =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent);

test('a list that changes keeps unchanged elements and the focus', () => {
  const list = document.createElement('ul');
  document.body.append(list);
  const keyed = new KeyedList<{ id: string; text: string }>(
    list,
    ({ id }) => id,
    ({ id, text }) => Object.assign(document.createElement('button'), { id, textContent: text }),
  );
  keyed.show(['a', 'b'].map((id) => ({ id, text: id })));
  const [a, b] = list.children;
  document.getElementById('b')?.focus();
  keyed.show([
    { id: 'c', text: 'c' },
    { id: 'b', text: 'changed' },
    { id: 'a', text: 'a' },
  ]);
  expect(textsOf(list, 'button')).toEqual(['c', 'changed', 'a']);
  expect([list.children[2] === a, list.children[1] === b]).toEqual([true, false]);
  expect(document.activeElement?.id).toBe('b');
});

test('values are escaped in URLs, and a picture is sent with its type', async () => {
  answers.set('GET /api/video/videos?contextId=a%26b', { videos: [video('1')] });
  expect(await host.videos('a&b')).toEqual([video('1')]);
  const jpeg = new Blob(['x'], { type: 'image/jpeg' });
  await host.putPoster('1/2', jpeg);
  expect(sent).toEqual([['PUT /api/posters/1%2F2', 'image/jpeg', jpeg]]);
});

describe('history', () => {
  test('has one line for a person who continues to watch a video, and one for each video and person', () => {
    const watching = ['teacher:A', 'teacher:A', 'teacher:B', 'teacher:A'].map((userId) => entry(userId));
    const lines = (entries: readonly HistoryEntry[]) => historyLines(entries, false).length;
    expect([lines(watching), lines([entry('teacher:A', '1'), entry('teacher:A', '2')])]).toEqual([3, 2]);
    expect(lines([entry('teacher:A'), { ...entry('teacher:A'), event: 'video.ready' }, entry('teacher:A')])).toBe(3);
  });

  test('shows refusals in another style', () => {
    const denied = { ...entry('student:B'), event: 'playback.denied', outcome: 'denied' } as const;
    const classes = historyLines([entry('teacher:A'), denied], false).map(({ className }) => className);
    expect(classes).toEqual(['', 'refused']);
  });

  test('of all videos shows earlier entries below the later ones, to the last page', async () => {
    answers.set('GET /api/history', { entries: [entry('teacher:A')], cursor: 'x&y' });
    answers.set('GET /api/history?cursor=x%26y', { entries: [entry('teacher:B')] });
    const { root } = await activityView(pageOf('administrator:Mr Boole'));
    document.body.append(root);
    const more = root.querySelector('button');
    expect([textsOf(root, 'li a'), more?.hidden]).toEqual([['A watched'], false]);
    more?.focus();
    // Pressed twice quickly, which makes one request.
    more?.click();
    more?.click();
    await comesTrue(() => expect(textsOf(root, 'li a')).toEqual(['A watched', 'B watched']));
    expect([more?.hidden, document.activeElement?.textContent]).toEqual([true, 'B watched']);
  });
});

const put = (id: string, title: string, dueAt: string) => [
  ...[`PUT /api/assignments/${id}`, 'application/json', JSON.stringify({ title, dueAt })],
];

describe('assignments', () => {
  const shown = async (userId: string, videos: readonly VideoMetadata[]) => {
    answers.set('GET /api/assignments', { assignments: assignments.toReversed() });
    answers.set('GET /api/video/videos', { videos });
    const { root } = await assignmentsView(pageOf(userId));
    return { titles: textsOf(root, '.title'), pills: textsOf(root, '.pill') };
  };

  test('are listed by deadline: first open ones, the next deadline first, then closed ones, the latest first', async () => {
    const { titles } = await shown('teacher:Ms Byron', []);
    expect(titles).toEqual(['The soon', 'The late', 'The past', 'The longPast']);
  });

  test('show how many students have submitted a video; to a student, whether they have', async () => {
    const videos = [video('1'), video('2'), video('3', { userId: 'student:Grace' })];
    const failed = video('4', { status: 'failed', contextId: 'late', userId: 'student:Grace' });
    expect((await shown('teacher:Ms Byron', [...videos, failed])).pills).toEqual([
      ...['2 submitted', '0 submitted', '0 submitted', '0 submitted'],
    ]);
    expect((await shown('student:Ada', [video('1'), failed])).pills).toEqual([
      'Submitted',
      'To do',
      'Missed',
      'Missed',
    ]);
  });

  test('are changed with a form that shows the deadline in local time', async () => {
    vi.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(-120);
    const [, soon] = assignments;
    if (soon === undefined) throw new Error('There is none.');
    const form = assignmentForm(
      pageOf('teacher:Ms Byron'),
      { ...soon, dueAt: '2030-06-01T23:30:00.000Z' },
      async () => {},
    );
    expect([...form.querySelectorAll('input')].map(({ value }) => value)).toEqual(['The soon', '2030-06-02T01:30']);
    vi.restoreAllMocks();
    form.querySelector('form')?.dispatchEvent(new Event('submit'));
    const dueAt = new Date('2030-06-02T01:30').toISOString();
    await comesTrue(() => expect(sent).toEqual([put('soon', 'The soon', dueAt)]));
  });
});

describe('an assignment', () => {
  const opened = async (userId: string, id: string, videos: readonly VideoMetadata[] = []) => {
    answers.set('GET /api/assignments', { assignments });
    answers.set(`GET /api/video/videos?contextId=${id}`, { videos });
    const { root } = await assignmentView(pageOf(userId), id);
    const empty = root.querySelector<HTMLElement>('[data-testid=empty]');
    return {
      ...{ root, uploads: textsOf(root, '.upload h2'), isEdited: root.querySelector('form') !== null },
      ...{ cards: root.querySelectorAll('.submission').length, empty: empty?.hidden ? undefined : empty?.textContent },
    };
  };

  test('accepts a student’s video until it is due, and shows whether there is one', async () => {
    const none = { cards: 0, isEdited: false };
    const [asked, missed] = ['You have not submitted a video yet.', 'You did not submit a video.'];
    const first = { uploads: ['Submit your video'] };
    expect(await opened('student:Ada', 'soon')).toMatchObject({ ...none, ...first, empty: asked });
    expect(await opened('student:Ada', 'past')).toMatchObject({ ...none, uploads: [], empty: missed });
    const replaced = await opened('student:Ada', 'soon', [video('1')]);
    expect(replaced).toMatchObject({ cards: 1, uploads: ['Replace your video'], empty: undefined });
    expect(await opened('student:Ada', 'soon', [video('1', { status: 'failed' })])).toMatchObject({
      cards: 1,
      ...first,
    });
  });

  test('shows a teacher’s changes while a student looks at it: title, deadline, and whether videos are accepted', async () => {
    const changed = (title: string, dueAt: string) =>
      answers.set('GET /api/assignments', { assignments: [{ id: 'soon', title, dueAt }] });
    answers.set('GET /api/video/videos?contextId=soon', { videos: [] });
    changed('First', due.past);
    const { root, refresh } = await assignmentView(pageOf('student:Ada'), 'soon');
    const shown = () => [...textsOf(root, 'h1, .upload .hint'), root.querySelector('[disabled]') !== null];
    expect(shown()).toEqual(['First', false]);
    changed('Second', due.soon);
    await refresh?.();
    expect(shown()).toEqual(['Second', expect.stringMatching(/^You can pause/), false]);
    const panel = root.querySelector('.upload');
    changed('Third', due.past);
    await refresh?.();
    expect(shown()).toEqual(['Third', expect.stringMatching(/^The deadline has passed/), true]);
    expect(textsOf(root, '[data-testid=due]')).toEqual([expect.stringMatching(/^Closed on /)]);
    changed('Third', due.late);
    await refresh?.();
    expect([shown().at(-1), root.querySelector('.upload') === panel]).toEqual([false, true]);
  });

  test('shows a message when a video was submitted, and the video, while the page is open', async () => {
    const page = pageOf('student:Ada');
    const remove = vi.spyOn(page.uploaderOf('soon'), 'remove').mockResolvedValue();
    answers.set('GET /api/assignments', { assignments });
    answers.set('GET /api/video/videos?contextId=soon', { videos: [] });
    const { root, close } = await assignmentView(page, 'soon');
    answers.set('GET /api/video/videos?contextId=soon', { videos: [video('1')] });
    const handle = { file: { name: 'film.mp4' } };
    const submit = () =>
      root
        .querySelector('[data-testid=uploader]')
        ?.dispatchEvent(new CustomEvent('upload-ready', { detail: { handle } }));
    submit();
    await comesTrue(() => expect(messages).toEqual([['“film.mp4” has been submitted.', 'good']]));
    expect([remove.mock.calls, root.querySelectorAll('.submission').length]).toEqual([[[handle]], 1]);
    close?.();
    submit();
    expect(remove).toHaveBeenCalledTimes(1);
  });

  test('accepts no video of a teacher or administrator; a teacher can change it', async () => {
    const empty = 'No videos have been submitted yet. New ones appear here by themselves.';
    const administrated = await opened('administrator:Mr Boole', 'soon');
    expect(administrated).toMatchObject({ uploads: [], isEdited: false, empty });
    const { root, ...taught } = await opened('teacher:Ms Byron', 'soon');
    expect(taught).toMatchObject({ uploads: [], isEdited: true, empty });
    answers.set('GET /api/assignments', { assignments: [{ id: 'soon', title: 'Changed', dueAt: due.past }] });
    root.querySelector('form')?.dispatchEvent(new Event('submit'));
    await comesTrue(() => expect(messages).toEqual([['“The soon” has been saved.', 'good']]));
    expect(textsOf(root, 'h1, [data-testid=due]')).toEqual(['Changed', expect.stringMatching(/^Closed on /)]);
  });

  test('that does not exist gives a message', async () => {
    await expect(opened('student:Ada', 'other')).rejects.toThrow('There is no such assignment.');
  });

  test('that is new gets a new id each time, from a form that is empty again', async () => {
    const saved = vi.fn(async () => {});
    const form = assignmentForm(pageOf('teacher:Ms Byron'), undefined, saved);
    const [title, dueAt] = form.querySelectorAll('input');
    for (const name of ['One', 'Two']) {
      expect([title?.value, dueAt?.value]).toEqual(['', '']);
      Object.assign(title ?? {}, { value: name });
      Object.assign(dueAt ?? {}, { value: '2030-06-02T01:30' });
      form.querySelector('form')?.dispatchEvent(new Event('submit'));
      await comesTrue(() => expect(messages.at(-1)).toEqual([`“${name}” has been saved.`, 'good']));
    }
    expect([new Set(sent.map(([asked]) => asked)).size, saved.mock.calls.length]).toEqual([2, 2]);
  });
});

test('a submission is shown with its picture, and one that failed with the reason', () => {
  const failure = { code: 'NOT_A_VIDEO', message: 'The file is not a video.' } as const;
  const cards = [video('1', { durationSeconds: 3 }), video('2', { status: 'failed', playable: false, failure })];
  const looks = cards
    .map(submissionCard)
    .map((card) => [
      ...[card.querySelector('img')?.getAttribute('src'), textsOf(card, '.length'), textsOf(card, '.failed')],
    ]);
  expect(looks).toEqual([
    ['/api/posters/1?ready', ['0:03'], []],
    [undefined, [], ['The file is not a video.']],
  ]);
});

test('costs are in dollars to the cent, prices to three digits', async () => {
  const item = { name: 'Storage', quantity: 1234.5, unit: 'GB', unitPriceUsd: 0.023, amountUsd: 0.004 };
  const estimate = (monthlyUsd: number): CostEstimate => ({
    ...{ plan: 'Own disk', monthlyUsd, items: [item], assumptions: [], pricesAsOf: '2026-11-01' },
  });
  answers.set('GET /api/cost', {
    usage: { videos: 1, storedBytes: 2_000_000, storedMinutes: 1.5, views: 0 },
    estimates: [estimate(0), estimate(0.01)],
    users: [{ userId: 'student:Ada', videos: 1, bytes: 2_000_000, seconds: 90 }],
  });
  const { root } = await costView(pageOf('administrator:Mr Boole'));
  expect(textsOf(root, 'dd')).toEqual(['1', '1:30', '2.0 MB', '$0.01']);
  expect(textsOf(root, '.prices tbody tr:first-child > *').slice(0, 4)).toEqual([
    ...['Storage', '1,230 GB', '$0.023', '<\u00a0$0.01'],
  ]);
  expect(textsOf(root, '.prices tbody tr:last-child td:last-child')).toEqual(['$0.00', '$0.01']);
  expect(textsOf(root, '.scroll:last-child tbody tr > *')).toEqual(['Ada', '1', '1:30', '2.0 MB']);
});

describe('a video', () => {
  const opened = async (userId: string, shown: VideoMetadata, watching: readonly HistoryEntry[] = []) => {
    answers.set('GET /api/assignments', { assignments });
    answers.set('GET /api/video/videos/1', shown);
    answers.set('GET /api/history?viewers=&videoId=1', { entries: watching });
    if (!answers.has('GET /api/history?videoId=1')) answers.set('GET /api/history?videoId=1', { entries: [] });
    const view = await videoView(pageOf(userId), '1');
    return Object.assign(view.root, { refresh: () => view.refresh?.() });
  };

  test('shows who other than its student has watched it, each with the last time', async () => {
    const watching = [
      entry('teacher:A', '1', '2030-06-03T12:00:00.000Z'),
      entry('student:Ada', '1', '2030-06-02T12:00:00.000Z'),
      entry('teacher:A', '1', '2030-06-01T12:00:00.000Z'),
    ];
    const root = await opened('student:Ada', video('1'), watching);
    expect(textsOf(root, '.viewers li')).toEqual([expect.stringMatching(/^Alast watched 3.Jun/)]);
    expect(root.querySelector<HTMLElement>('[data-testid=nobody]')?.hidden).toBe(true);
    const alone = await opened('student:Ada', video('1'), watching.slice(1, 2));
    expect(alone.querySelector<HTMLElement>('[data-testid=nobody]')?.hidden).toBe(false);
  });

  test.each([
    ['student:Ada', video('1'), true],
    ['student:Ada', video('1', { contextId: 'past' }), false],
    ['student:Ada', video('1', { contextId: 'past', status: 'failed', playable: false }), true],
    ['teacher:Ms Byron', video('1', { contextId: 'past' }), true],
  ])('has a button to delete it for users who may delete it: %s %j %s', async (userId, shown, mayDelete) => {
    const root = await opened(userId, shown);
    expect(root.querySelector('[data-testid=delete]') !== null).toBe(mayDelete);
  });

  test('is deleted after a confirmation, and leads back to its assignment', async () => {
    const dialog = Object.assign(document.createElement('dialog'), { id: 'sure' });
    dialog.append(Object.assign(document.createElement('h2'), { id: 'sure-title' }));
    const root = await opened('teacher:Ms Byron', video('1'));
    document.body.append(dialog, root);
    const remove = root.querySelector<HTMLElement>('[data-testid=delete]');
    remove?.click();
    expect([dialog.open, dialog.textContent]).toEqual([true, 'Delete Ada’s video?']);
    dialog.close();
    expect(sent).toEqual([]);
    remove?.click();
    dialog.close('delete');
    await comesTrue(() => expect(messages).toEqual([['#/assignments/soon', 'The video of Ada has been deleted.']]));
    expect(sent.map(([asked]) => asked)).toEqual(['DELETE /api/video/videos/1']);
    expect(root.querySelector('video-storage-player')).toBeNull();
  });

  test('that could not be deleted can be played again', async () => {
    const dialog = Object.assign(document.createElement('dialog'), { id: 'sure' });
    dialog.append(Object.assign(document.createElement('h2'), { id: 'sure-title' }));
    const root = await opened('teacher:Ms Byron', video('1'));
    document.body.append(dialog, root);
    answers.set('DELETE /api/video/videos/1', new TypeError('Failed to fetch'));
    root.querySelector<HTMLElement>('[data-testid=delete]')?.click();
    dialog.close('delete');
    await comesTrue(() => expect(messages).toEqual([['The classroom does not answer. Is it still running?']]));
    await root.refresh();
    expect(root.querySelector('video-storage-player')?.getAttribute('video-id')).toBe('1');
  });

  test('that failed shows the reason', async () => {
    const failure = { code: 'NOT_A_VIDEO', message: 'The file is not a video.' } as const;
    const root = await opened('student:Ada', video('1', { status: 'failed', playable: false, failure }));
    const state = root.querySelector<HTMLElement>('[data-testid=state]');
    expect([state?.textContent, state?.classList.contains('failed')]).toEqual([failure.message, true]);
    const ready = (await opened('student:Ada', video('1'))).querySelector<HTMLElement>('[data-testid=state]');
    expect([ready?.hidden, ready?.classList.contains('failed')]).toEqual([true, false]);
  });

  test('has a player as soon as it plays', async () => {
    const processing = { status: 'processing', playable: false } as const;
    expect((await opened('student:Ada', video('1', processing))).querySelector('video-storage-player')).toBeNull();
    const playing = await opened('student:Ada', video('1', { ...processing, playable: true }));
    const player = playing.querySelector('video-storage-player');
    expect(player?.getAttribute('video-id')).toBe('1');
    await playing.refresh();
    expect(playing.querySelector('video-storage-player'), 'which a refresh does not stop').toBe(player);
  });

  test('has a history without links', async () => {
    answers.set('GET /api/history?videoId=1', { entries: [entry('teacher:A')] });
    const root = await opened('student:Ada', video('1'));
    expect([textsOf(root, '.history li').length, textsOf(root, '.history a')]).toEqual([1, []]);
  });

  test('has a player that gets the URL of its script, when that is not the usual one', () => {
    const page = pageOf('student:Ada');
    const session = { ...page.session, embedScriptUrl: 'https://player.example/sdk.js' };
    const scripts = [page, { ...page, session }].map((each) => playerOf(each, '1').getAttribute('embed-script-url'));
    expect(scripts).toEqual([null, 'https://player.example/sdk.js']);
  });
});
