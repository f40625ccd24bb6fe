import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { StageWorld, stopTime } from '../../test-support/stage-world.ts';

const page = new HappyPage();
afterAll(() => page.close());

let world: StageWorld;
beforeEach(async () => {
  page.enter();
  world = await StageWorld.open();
});
afterEach(() => {
  world.close();
  vi.useRealTimers();
});

test('a play() that loading has interrupted is repeated when the source is loaded', async () => {
  const { media } = world.screen(0);
  media.pause();
  const play = vi.spyOn(media, 'play').mockRejectedValueOnce(new DOMException('Loaded anew.', 'AbortError'));
  const playing = world.stage.play();
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  media.dispatchEvent(new Event('loadedmetadata'));
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(2));
  media.dispatchEvent(new Event('playing'));
  await expect(playing).resolves.toBeUndefined();
});

test.each(['the page', 'the viewer'])(
  'a play() that %s pauses before it begins is rejected, as that of a video is',
  async (who) => {
    const { media } = world.screen(0);
    // As in a browser: first the pause event, then the rejection of play().
    vi.spyOn(media, 'play').mockImplementationOnce(
      () =>
        new Promise((_resolve, reject) => {
          media.addEventListener('pause', () => reject(new DOMException('Paused.', 'AbortError')), { once: true });
        }),
    );
    const refused = expect(world.stage.play()).rejects.toMatchObject({ name: 'AbortError' });
    if (who === 'the page') world.stage.pause();
    else media.pause();
    await refused;
  },
);

test('a play() that the viewer pauses while it waits for its source is rejected when that cannot play', async () => {
  const { media } = world.screen(0);
  media.pause();
  const play = vi.spyOn(media, 'play').mockRejectedValueOnce(new DOMException('Loaded anew.', 'AbortError'));
  const refused = expect(world.stage.play()).rejects.toMatchObject({ name: 'AbortError' });
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  play.mockImplementationOnce(() => {
    media.pause();
    return Promise.reject(new DOMException('Paused.', 'AbortError'));
  });
  media.dispatchEvent(new Event('loadedmetadata'));
  await refused;
});

test('a play() that waits for its source is rejected by a pause', async () => {
  const { media } = world.screen(0);
  const play = vi.spyOn(media, 'play').mockRejectedValueOnce(new DOMException('Loaded anew.', 'AbortError'));
  const playing = world.stage.play();
  const refused = expect(playing).rejects.toMatchObject({ name: 'AbortError' });
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  world.stage.pause();
  await refused;
});

test('a play() before the first screen is there starts it, and resolves when it plays', async () => {
  let open = () => {};
  const begun = StageWorld.begin(
    new Promise<void>((resolve) => {
      open = resolve;
    }),
  );
  const settled = vi.fn();
  begun.world.stage.play().then(settled, settled);
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).not.toHaveBeenCalled();
  open();
  await begun.shown;
  await new Promise((resolve) => setImmediate(resolve));
  expect([settled.mock.calls, begun.world.screen(0).media.paused]).toEqual([[[undefined]], false]);
  begun.world.close();
});

test('a play() that loading has interrupted gets a renewed source, which then plays', async () => {
  stopTime();
  const { media } = world.screen(0);
  media.pause();
  // Loaded, but paused, and the player loads nothing more.
  vi.spyOn(media, 'play').mockRejectedValueOnce(new DOMException('Loaded anew.', 'AbortError'));
  const settled = vi.fn();
  world.stage.play().then(settled, settled);
  await vi.advanceTimersByTimeAsync(10);
  expect([media.paused, settled.mock.calls]).toEqual([true, []]);
  const next = await world.renewTo('second');
  await world.run(1000);
  expect([world.stage.media === next.media, next.media.paused, settled.mock.calls]).toEqual([
    true,
    false,
    [[undefined]],
  ]);
});

test('a paused video that nobody waits for gets no renewed source', async () => {
  stopTime();
  world.stage.pause();
  world.stage.renew({ ...world.screen(0).playback, url: 'https://cdn.example/second' });
  await world.run(1000);
  expect(world.screens).toHaveLength(1);
});

test('another play() asks the browser again while one waits', async () => {
  const { media } = world.screen(0);
  const play = vi.spyOn(media, 'play').mockReturnValueOnce(new Promise(() => undefined));
  const playing = [world.stage.play(), world.stage.play()];
  expect(play).toHaveBeenCalledTimes(2);
  await Promise.all(playing);
});

test('a play() is repeated however often loading interrupts it, also when the player reports a pause then', async () => {
  const { media } = world.screen(0);
  const interrupted = new DOMException('Loaded anew.', 'AbortError');
  const play = vi.spyOn(media, 'play').mockRejectedValueOnce(interrupted).mockRejectedValueOnce(interrupted);
  const playing = world.stage.play();
  await new Promise((resolve) => setImmediate(resolve));
  for (const calls of [2, 3]) {
    media.pause();
    media.dispatchEvent(new Event('loadedmetadata'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(play).toHaveBeenCalledTimes(calls);
  }
  await expect(playing).resolves.toBeUndefined();
});

test('a video that played and was paused by the viewer stays paused when its source is loaded anew', () => {
  const { media } = world.screen(0);
  media.pause();
  media.dispatchEvent(new Event('loadedmetadata'));
  expect(media.paused).toBe(true);
});

describe('a play() whose source delivers nothing', () => {
  beforeEach(() => stopTime());

  /** Its media does not move, and `play` settles when this is called, if at all. */
  const stalls = () => {
    const { media } = world.screen(0);
    const settling = { resolve: () => {}, reject: (_reason: Error) => {} };
    const pending = new Promise<void>((resolve, reject) => Object.assign(settling, { resolve, reject }));
    vi.spyOn(media, 'play').mockReturnValueOnce(pending);
    // Its duration is not known either.
    Object.assign(media, { duration: Number.NaN, move: () => undefined });
    return settling;
  };

  test.each([
    ['never ends it, as a removed frame', () => undefined],
    ['ends it, as a removed video', (error: Error) => error],
  ])('resolves when a renewed source takes over, whose predecessor %s', async (_what, endsWith) => {
    const settling = stalls();
    const plays = vi.fn();
    const playing = world.stage.play().then(plays);
    const { media } = world.screen(0);
    const dispose = vi.spyOn(world.screen(0), 'dispose').mockImplementationOnce(() => {
      const error = endsWith(new DOMException('Removed.', 'AbortError'));
      if (error) settling.reject(error);
    });
    const next = await world.renewTo('second');
    await world.run(5000);
    expect([dispose.mock.calls.length, world.stage.media === next.media, media.paused]).toEqual([1, true, false]);
    expect(plays).toHaveBeenCalledTimes(1);
    await playing;
  });

  test.each(['resolves', 'is rejected'])(
    'waits for the source that has taken over when the page has paused and asks again, also when the play before it %s late',
    async (ends) => {
      const settling = stalls();
      void world.stage.play();
      const next = await world.renewTo('second');
      await world.run(5000);
      world.stage.pause();
      vi.spyOn(next.media, 'play').mockReturnValueOnce(new Promise(() => undefined));
      const settled = vi.fn();
      world.stage.play().then(settled, settled);
      if (ends === 'resolves') settling.resolve();
      else settling.reject(new DOMException('Not without a click.', 'NotAllowedError'));
      await vi.advanceTimersByTimeAsync(100);
      expect(settled).not.toHaveBeenCalled();
      next.media.dispatchEvent(new Event('playing'));
      await vi.advanceTimersByTimeAsync(0);
      expect(settled).toHaveBeenCalledExactlyOnceWith(undefined);
    },
  );

  test('is rejected when a renewed source takes over from one that the viewer has paused', async () => {
    stalls();
    const settled = vi.fn();
    world.stage.play().then(settled, settled);
    const next = await world.renewTo('second');
    world.screen(0).media.pause();
    await world.run(500);
    expect([world.stage.media === next.media, next.media.paused, settled.mock.calls]).toEqual([
      ...[true, true, [[expect.objectContaining({ name: 'AbortError' })]]],
    ]);
  });

  test('is rejected when the browser does not let the reloaded source play', async () => {
    const screen = world.screen(0);
    stalls();
    const refused = expect(world.stage.play()).rejects.toMatchObject({ name: 'NotAllowedError' });
    screen.reload.mockImplementationOnce(() => {
      vi.spyOn(screen.media, 'play').mockRejectedValueOnce(new DOMException('Not without a click.', 'NotAllowedError'));
      setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 10);
    });
    screen.settings.onFailed();
    await world.run(500);
    await refused;
  });
});

test('an error that nobody awaits is reported to the page, unless the stage is closed', async () => {
  stopTime();
  const reportError = vi.fn();
  vi.stubGlobal('reportError', reportError);
  const failure = new TypeError('not a position');
  const next = await world.renewTo('second');
  vi.spyOn(next.media, 'currentTime', 'set').mockImplementationOnce(() => {
    throw failure;
  });
  await world.run(500);
  expect(reportError).toHaveBeenCalledExactlyOnceWith(failure);
  const { settings, reload } = world.screen(0);
  reload.mockImplementationOnce(() => {
    throw failure;
  });
  settings.onFailed();
  await world.run(500);
  expect(reportError).toHaveBeenCalledTimes(2);
  reload.mockImplementationOnce(() => {
    world.stage.close();
    throw failure;
  });
  await world.run(5000);
  expect([reload.mock.calls.length, reportError.mock.calls.length]).toEqual([2, 2]);
});
