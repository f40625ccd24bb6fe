// @vitest-environment happy-dom
import type { CostEstimate, VideoMetadata } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { comesTrue } from '../../../test-support/comes-true.ts';
import {
  answerAnew,
  answers,
  assignments,
  due,
  entry,
  messages,
  pageOf,
  sent,
  textsOf,
  video,
} from '../../../test-support/view-answers.ts';
import { type HistoryEntry, host } from '../host.ts';
import { KeyedList } from '../keyed-list.ts';
import { activityView } from './activity.ts';
import { askToDelete } from './ask-to-delete.ts';
import { assignmentView } from './assignment.ts';
import { assignmentForm } from './assignment-form.ts';
import { assignmentsView } from './assignments.ts';
import { costView } from './cost.ts';
import { historyLines } from './history-list.ts';
import { submissionCard } from './submission-card.ts';

beforeEach(answerAnew);

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

  test('leads to videos, where an entry is about one', () => {
    const erased = { ...entry('administrator:B'), event: 'person.erased', recordId: null };
    const lines = historyLines([entry('teacher:A', '7'), erased], true);
    expect(lines.map((line) => line.querySelector('a')?.getAttribute('href'))).toEqual(['#/videos/7', undefined]);
  });

  test('shows refusals in another style', () => {
    const denied = { ...entry('student:B'), event: 'playback.denied', outcome: 'denied' } as const;
    const classes = historyLines([entry('teacher:A'), denied], false).map(({ className }) => className);
    expect(classes).toEqual(['', 'refused']);
  });

  test('of all videos shows earlier entries below the later ones, to the last page', async () => {
    answers.set('GET /api/history', { entries: [entry('teacher:A')], cursor: 'x&y' });
    answers.set('GET /api/history?cursor=x%26y', { entries: [entry('teacher:B')], cursor: 'z' });
    answers.set('GET /api/history?cursor=z', { entries: [entry('teacher:C')] });
    const { root } = await activityView(pageOf('administrator:Mr Boole'));
    document.body.append(root);
    const more = root.querySelector('button');
    expect([textsOf(root, 'li a'), more?.hidden]).toEqual([['A watched'], false]);
    more?.focus();
    // Pressed twice quickly, which makes one request.
    more?.click();
    more?.click();
    await comesTrue(() => expect(textsOf(root, 'li a')).toEqual(['A watched', 'B watched']));
    expect([more?.hidden, document.activeElement?.textContent]).toEqual([false, 'Show earlier']);
    await comesTrue(() => {
      more?.click();
      expect(textsOf(root, 'li a')).toEqual(['A watched', 'B watched', 'C watched']);
    });
    expect([more?.hidden, document.activeElement?.textContent]).toEqual([true, 'C watched']);
  });
});

test('a dialog that is cancelled deletes nothing, also after one that was confirmed', () => {
  const dialog = Object.assign(document.createElement('dialog'), { id: 'sure' });
  dialog.append(Object.assign(document.createElement('h2'), { id: 'sure-title' }));
  document.body.append(dialog);
  const deleted: string[] = [];
  askToDelete('One?', () => deleted.push('one'));
  dialog.close('delete');
  askToDelete('Two?', () => deleted.push('two'));
  // With Escape a browser leaves this value, which happy-dom resets.
  expect(dialog.returnValue).toBe('keep');
  dialog.close();
  expect([deleted, dialog.textContent]).toEqual([['one'], 'Two?']);
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

  test('sends a student’s videos for the assignment, and has no row for those that were submitted before it was opened', async () => {
    const page = pageOf('student:Ada');
    const uploader = page.uploaderOf('soon');
    const handles = ['sending', 'ready', 'failed'].map((phase) => ({ phase }));
    vi.spyOn(uploader, 'uploads', 'get').mockReturnValueOnce(handles as never);
    const remove = vi.spyOn(uploader, 'remove').mockResolvedValue();
    answers.set('GET /api/assignments', { assignments });
    answers.set('GET /api/video/videos?contextId=soon', { videos: [] });
    const { root } = await assignmentView(page, 'soon');
    const form = root.querySelector('[data-testid=uploader]');
    expect([form?.getAttribute('context-id'), form?.getAttribute('max-videos')]).toEqual(['soon', '1']);
    expect(remove.mock.calls).toEqual([[handles[1]]]);
  });

  test('that is opened by its teacher after a student has left the page gets no place to submit there', async () => {
    answers.set('GET /api/video/videos?contextId=past', { videos: [] });
    answers.set('GET /api/assignments', { assignments });
    const { root, refresh, close } = await assignmentView(pageOf('student:Ada'), 'past');
    answers.set('GET /api/assignments', { assignments: [{ id: 'past', title: 'Open again', dueAt: due.soon }] });
    close?.();
    // A refresh that was under way when the student left.
    await refresh?.();
    expect([textsOf(root, 'h1'), root.querySelector('.upload')]).toEqual([['Open again'], null]);
  });

  test('accepts no video of a teacher or administrator; a teacher can change it', async () => {
    const empty = 'No videos have been submitted yet. New ones appear here by themselves.';
    const administrated = await opened('administrator:Mr Boole', 'soon');
    expect(administrated).toMatchObject({ uploads: [], isEdited: false, empty });
    const { root, ...taught } = await opened('teacher:Ms Byron', 'soon');
    expect(taught).toMatchObject({ uploads: [], isEdited: true, empty });
    answers.set('GET /api/assignments', { assignments: [{ id: 'soon', title: 'Changed', dueAt: due.past }] });
    const details = root.querySelector('details');
    details?.setAttribute('open', '');
    root.querySelector('form')?.dispatchEvent(new Event('submit'));
    await comesTrue(() => expect(messages).toEqual([['“The soon” has been saved.', 'good']]));
    expect(details?.open).toBe(false);
    expect(textsOf(root, 'h1, [data-testid=due]')).toEqual(['Changed', expect.stringMatching(/^Closed on /)]);
  });

  test('that does not exist gives a message', async () => {
    await expect(opened('student:Ada', 'other')).rejects.toThrow('There is no such assignment.');
  });

  test('that is saved but cannot be shown gives the reason, and does not count as saved', async () => {
    const saved = () => Promise.reject(new Error('No answer.'));
    const [, soon] = assignments;
    const form = assignmentForm(pageOf('teacher:Ms Byron'), soon, saved);
    form.querySelector('form')?.dispatchEvent(new Event('submit'));
    await comesTrue(() => expect(messages).toEqual([['No answer.']]));
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
