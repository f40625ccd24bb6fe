// @vitest-environment happy-dom
import type { CostEstimate, VideoMetadata } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type HistoryEntry, host } from '../host.ts';
import { KeyedList } from '../keyed-list.ts';
import type { Page } from '../view.ts';
import { activityView } from './activity.ts';
import { assignmentForm } from './assignment-form.ts';
import { assignmentsView } from './assignments.ts';
import { costView } from './cost.ts';
import { historyLines } from './history-list.ts';
import { videoView } from './video.ts';

/** What the classroom answers, by method and path. */
const answers = new Map<string, unknown>();
const sent: unknown[] = [];

beforeEach(() => {
  answers.clear();
  sent.length = 0;
  document.body.replaceChildren();
  vi.stubGlobal(
    'fetch',
    async (path: string, { method, body }: { readonly method: string; readonly body?: string }) => {
      const asked = `${method} ${path}`;
      if (body !== undefined) sent.push([asked, JSON.parse(body)]);
      const answer = answers.get(asked);
      if (answer instanceof Response || answer instanceof Error)
        return answer instanceof Error ? Promise.reject(answer) : answer;
      return Response.json(answer ?? {});
    },
  );
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

function pageOf(userId: string): Page {
  const [role = ''] = userId.split(':');
  const unused = () => {
    throw new Error('Nothing is uploaded here.');
  };
  return {
    session: { maxSizeBytes: 1000, storedAt: 'Here.', person: { userId, role } },
    ...{ say: () => {}, go: () => {}, attempt: (work) => work(), uploaderOf: unused },
  };
}

const textsOf = (root: ParentNode, selector: string) =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent);

describe('a refusal', () => {
  const refused = (body: string) => {
    answers.set('POST /api/session', new Response(body, { status: 422 }));
    return host.signIn('Ada', 'student');
  };
  const error = { code: 'VALIDATION_FAILED', message: 'One.', retryable: false };

  test('says all that is wrong, or why it is one', async () => {
    const problems = ['One.', 'Two.'].map((message) => ({ path: '', code: 'RULE', message }));
    await expect(refused(JSON.stringify({ error: { ...error, problems } }))).rejects.toThrow(/^One\. Two\.$/);
    await expect(refused(JSON.stringify({ error: { ...error, problems: [] } }))).rejects.toThrow(/^One\.$/);
    await expect(refused(JSON.stringify({ error }))).rejects.toThrow(/^One\.$/);
  });

  test('by something else than the classroom, and no answer at all, are said in a sentence', async () => {
    await expect(refused('<html>')).rejects.toThrow('That did not work; please try again.');
    answers.set('POST /api/session', new TypeError('Failed to fetch'));
    await expect(host.signIn('Ada', 'student')).rejects.toThrow('The classroom does not answer. Is it still running?');
  });
});

test('a list that changes keeps what is the same, and the focus where it was', () => {
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

describe('history', () => {
  test('has one line of a person who goes on watching a video, and one of each video and person', () => {
    const watching = ['teacher:A', 'teacher:A', 'teacher:B', 'teacher:A'].map((userId) => entry(userId));
    const lines = (entries: readonly HistoryEntry[]) => historyLines(entries, false).length;
    expect([lines(watching), lines([entry('teacher:A', '1'), entry('teacher:A', '2')])]).toEqual([3, 2]);
    expect(lines([entry('teacher:A'), { ...entry('teacher:A'), event: 'video.ready' }, entry('teacher:A')])).toBe(3);
  });

  test('of everything shows earlier pages below the later ones, to the last', async () => {
    answers.set('GET /api/history?', { entries: [entry('teacher:A')], cursor: 'x&y' });
    answers.set('GET /api/history?cursor=x%26y', { entries: [entry('teacher:B')] });
    const { root } = await activityView(pageOf('administrator:Mr Boole'));
    const more = root.querySelector('button');
    expect([textsOf(root, 'li a'), more?.hidden]).toEqual([['A watched'], false]);
    more?.click();
    await vi.waitFor(() => expect(textsOf(root, 'li a')).toEqual(['A watched', 'B watched']));
    expect(more?.hidden).toBe(true);
  });
});

describe('assignments', () => {
  const shown = async (userId: string, videos: readonly VideoMetadata[]) => {
    answers.set('GET /api/assignments', { assignments: assignments.toReversed() });
    answers.set('GET /api/video/videos', { videos });
    const { root } = await assignmentsView(pageOf(userId));
    return { titles: textsOf(root, '.title'), pills: textsOf(root, '.pill') };
  };

  test('are listed from the next deadline on, and then back from the last', async () => {
    const { titles } = await shown('teacher:Ms Byron', []);
    expect(titles).toEqual(['The soon', 'The late', 'The past', 'The longPast']);
  });

  test('say how many students have submitted a video; to a student, whether they have', async () => {
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

  test('are changed by a form that begins with the deadline in local time', async () => {
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
    await vi.waitFor(() => expect(sent).toEqual([['PUT /api/assignments/soon', { title: 'The soon', dueAt }]]));
  });
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
    answers.set('GET /api/history?viewers&videoId=1', { entries: watching });
    answers.set('GET /api/history?videoId=1', { entries: [] });
    return (await videoView(pageOf(userId), '1')).root;
  };

  test('says who has watched it beside its student, each with the last time', async () => {
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
  ])('has a button to delete it for those who may: %s %j %s', async (userId, shown, mayDelete) => {
    const root = await opened(userId, shown);
    expect(root.querySelector('[data-testid=delete]') !== null).toBe(mayDelete);
  });

  test('has a player as soon as it plays', async () => {
    const processing = { status: 'processing', playable: false } as const;
    expect((await opened('student:Ada', video('1', processing))).querySelector('video-storage-player')).toBeNull();
    const playing = await opened('student:Ada', video('1', { ...processing, playable: true }));
    expect(playing.querySelector('video-storage-player')?.getAttribute('video-id')).toBe('1');
  });
});
