import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { grantOf, StageWorld, stopTime } from '../../test-support/stage-world.ts';

const page = new HappyPage();
afterAll(() => page.close());

let world: StageWorld;

beforeEach(() => {
  page.enter();
  stopTime();
});
afterEach(() => {
  world.close();
  vi.useRealTimers();
});

/** A stage that gets renewed grants while its first player is still being loaded. */
async function opened(carriesGrants: boolean) {
  let open = () => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const begun = StageWorld.begin(opening);
  world = begun.world;
  world.carriesGrants = carriesGrants;
  for (const name of ['second', 'third']) world.stage.renew(grantOf(name));
  open();
  await begun.shown;
  const screen = world.screen(0);
  screen.media.duration = 60;
  return screen;
}

describe('a grant that is renewed before the first player is there', () => {
  test('is used by its requests, and needs no second player, also when a later grant has arrived', async () => {
    const screen = await opened(true);
    expect(screen.renew.mock.calls).toEqual([[grantOf('third')]]);
    world.stage.renew(grantOf('fourth'));
    await world.stage.play();
    await world.run(1000);
    expect(screen.renew).toHaveBeenLastCalledWith(grantOf('fourth'));
    expect(world.urls).toEqual(['https://cdn.example/first']);
  });

  test('gets its own source as soon as the video plays, when the source contains the grant', async () => {
    await opened(false);
    await world.run(100);
    expect(world.urls).toEqual(['https://cdn.example/first']);
    await world.stage.play();
    await world.run(10);
    expect(world.urls).toEqual(['https://cdn.example/first', 'https://cdn.example/third']);
  });
});

test('a first player that is loaded after the stage was closed is removed, and never plays', async () => {
  let open = () => {};
  const begun = StageWorld.begin(
    new Promise<void>((resolve) => {
      open = resolve;
    }),
  );
  world = begun.world;
  world.close();
  open();
  await begun.shown;
  await expect(world.stage.play()).rejects.toMatchObject({ name: 'AbortError' });
  const { isDisposed, media } = world.screen(0);
  expect([isDisposed, media.paused, world.stage.media]).toEqual([true, true, undefined]);
});
