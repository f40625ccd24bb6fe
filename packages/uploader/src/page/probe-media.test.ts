// @vitest-environment happy-dom
import { Validator } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { describe, expect, test, vi } from 'vitest';
import { checkFile, requestFor } from '../check-file.ts';
import { probeMedia } from './probe-media.ts';

const file = new File(['12345678'], 'film.mp4', { type: 'video/mp4' });
const { signal } = new AbortController();

/** The page's player, which in happy-dom has no decoders: it reports values of the test. */
function playerOf() {
  const revoked = vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => undefined);
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:film');
  const video = document.createElement('video');
  const load = vi.spyOn(video, 'load').mockImplementation(() => undefined);
  vi.spyOn(document, 'createElement').mockReturnValue(video);
  return {
    ...{ video, revoked, load, clock: new ManualClock() },
    report: (members: object) => {
      for (const [name, value] of Object.entries(members)) {
        Object.defineProperty(video, name, { value, configurable: true });
      }
      video.onloadedmetadata?.(new Event('loadedmetadata'));
    },
  };
}

describe('a file that the page’s player can read', () => {
  test.each([
    [
      { duration: 3.2, videoWidth: 640, videoHeight: 360 },
      { durationSeconds: 3.2, widthPixels: 640, heightPixels: 360 },
    ],
    // An interrupted recording.
    [
      { duration: Number.POSITIVE_INFINITY, videoWidth: 640, videoHeight: 360 },
      { widthPixels: 640, heightPixels: 360 },
    ],
    [
      { duration: Number.NaN, videoWidth: 1, videoHeight: 1 },
      { widthPixels: 1, heightPixels: 1 },
    ],
    [{ duration: 0, videoWidth: 0, videoHeight: 360 }, {}],
    // Only sound.
    [{ duration: 9, videoWidth: 640, videoHeight: 0 }, { durationSeconds: 9 }],
  ])('%j is the hint %j', async (members, hint) => {
    const { report, clock, video } = playerOf();
    const probing = probeMedia(file, clock, signal);
    expect([video.preload, video.muted, video.src]).toEqual(['metadata', true, 'blob:film']);
    report(members);
    expect(await probing).toEqual(hint);
  });

  test('leaves no URL, no source, no timer and no listener', async () => {
    const { report, clock, video, revoked, load } = playerOf();
    const own = new AbortController();
    const listening = vi.spyOn(own.signal, 'addEventListener');
    const probing = probeMedia(file, clock, own.signal);
    expect(clock.sleeping).toBe(1);
    const [[, , options] = []] = listening.mock.calls;
    expect(options).toMatchObject({ signal: { aborted: false } });
    report({ duration: 3 });
    await probing;
    expect(revoked.mock.calls).toEqual([['blob:film']]);
    expect([video.hasAttribute('src'), load.mock.calls.length, clock.sleeping]).toEqual([false, 1, 0]);
    expect(options).toMatchObject({ signal: { aborted: true } });
  });
});

describe('without a hint', () => {
  test('ends a file that the player cannot read', async () => {
    const { video, clock, revoked } = playerOf();
    const probing = probeMedia(file, clock, signal);
    video.dispatchEvent(new Event('error'));
    expect(await probing).toEqual({});
    expect(revoked).toHaveBeenCalledOnce();
  });

  test('ends a file that takes five seconds, not sooner', async () => {
    const { clock } = playerOf();
    let hint: unknown;
    const probing = probeMedia(file, clock, signal).then((found) => {
      hint = found;
    });
    clock.advance(4999);
    await new Promise((resolve) => setTimeout(resolve));
    expect(hint).toBeUndefined();
    clock.advance(1);
    await probing;
    expect(hint).toEqual({});
  });

  test('ends an aborted one, with the signal’s reason', async () => {
    const { clock, revoked } = playerOf();
    const controller = new AbortController();
    const reason = new Error('paused');
    const probing = probeMedia(file, clock, controller.signal);
    controller.abort(reason);
    await expect(probing).rejects.toBe(reason);
    expect([revoked.mock.calls.length, clock.sleeping]).toEqual([1, 0]);
  });

  test('ends each file where there is no page', async () => {
    vi.stubGlobal('document', undefined);
    expect(await probeMedia(file, new ManualClock(), signal)).toEqual({});
  });
});

describe('the check of a file', () => {
  async function checked(duration: number, maxDurationSeconds: number | undefined) {
    const { report, clock, video } = playerOf();
    const checking = checkFile(file, { maxDurationSeconds }, { validator: undefined, clock }, signal);
    checking.catch(() => undefined);
    await vi.waitUntil(() => video.src === 'blob:film');
    report({ duration, videoWidth: 640, videoHeight: 360 });
    return checking;
  }

  test('refuses a duration of more than a second above maxDurationSeconds', async () => {
    await expect(checked(61.01, 60)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      problems: [
        {
          ...{ path: 'maxDurationSeconds', code: 'DURATION_INVALID' },
          message: 'The video is longer than the 60 seconds that are allowed.',
        },
      ],
    });
  });

  test.each([
    [61, 60],
    [0, 1],
    [86_400, undefined],
  ])('accepts %d seconds where %s are allowed', async (duration, maxDurationSeconds) => {
    expect((await checked(duration, maxDurationSeconds)).media.widthPixels).toBe(640);
  });

  test('calls the validator first, with the whole request', async () => {
    const { video, clock } = playerOf();
    const validator = new Validator({ maxSizeBytes: 7 });
    const asked = vi.spyOn(validator, 'validateUploadRequest');
    const options = { contextId: 'lesson-1', custom: { title: 'x' }, maxDurationSeconds: 60 };
    await expect(checkFile(file, options, { validator, clock }, signal)).rejects.toMatchObject({
      problems: [{ code: 'FILE_TOO_LARGE' }],
    });
    expect(asked.mock.calls).toEqual([[{ ...requestFor(file, options), userId: 'browser' }]]);
    expect(video.src).toBe('');
  });

  test('requests exactly the given facts of the file', () => {
    const bare = { fileName: 'film.mp4', sizeBytes: 8, mimeType: 'video/mp4' };
    expect(requestFor(file, {})).toEqual(bare);
    const options = { contextId: 'lesson-1', custom: { title: 'x' }, maxDurationSeconds: 60 };
    expect(requestFor(file, options)).toEqual({ ...bare, ...options });
    expect(Object.keys(requestFor(file, {}))).toEqual(Object.keys(bare));
  });
});
