// @vitest-environment happy-dom
import type { VideoMetadata } from '@videostorage/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { comesTrue } from '../../../test-support/comes-true.ts';
import {
  answerAnew,
  answers,
  assignments,
  entry,
  messages,
  pageOf,
  sent,
  textsOf,
  video,
} from '../../../test-support/view-answers.ts';
import type { HistoryEntry } from '../host.ts';
import { playerOf } from './player-of.ts';
import { videoView } from './video.ts';

beforeEach(answerAnew);

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
    const waiting = await opened('student:Ada', video('1', processing));
    expect(waiting.querySelector('video-storage-player')).toBeNull();
    expect(waiting.querySelector<HTMLElement>('.stage')?.hidden).toBe(true);
    const playing = await opened('student:Ada', video('1', { ...processing, playable: true }));
    const player = playing.querySelector('video-storage-player');
    // Each request for a grant is recorded as viewing, so none is made before the viewer plays.
    expect(['video-id', 'preload', 'poster'].map((name) => player?.getAttribute(name))).toEqual([
      ...['1', 'none', '/api/posters/1'],
    ]);
    expect(playing.querySelector<HTMLElement>('.stage')?.hidden).toBe(false);
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
