import { AccessError, TimeoutError } from '@videostorage/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SessionWorld } from '../../test-support/session-world.ts';

let world: SessionWorld;

beforeEach(async () => {
  world = await SessionWorld.create();
});
afterEach(() => world.dispose());

describe('an outage', () => {
  const failing: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['502 of a proxy', () => new Response('<html>', { status: 502 })],
    ['404 of a proxy', () => new Response('<html>nothing</html>', { status: 404 })],
    ['200 of a proxy', () => new Response('<html>hello</html>')],
    ['429', () => new Response('{"error":{"code":"RATE_LIMITED","message":"Wait."}}', { status: 429 })],
    ['500', () => new Response('{"error":{"code":"INTERNAL","message":"Oh."}}', { status: 500 })],
    ['409', () => new Response('{"error":{"code":"CONFLICT","message":"Processing."}}', { status: 409 })],
  ];

  test.each(failing)('(%s) does not stop the requests, also after the grant has expired', async (_name, outage) => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    const onEnded = vi.fn();
    session.onEnded(onEnded);
    world.outage = outage;
    await world.pass(80);
    const { asked } = world;
    expect(asked).toBeGreaterThan(1);
    await world.pass(220);
    expect(world.asked).toBeGreaterThan(asked + 10);
    // At most one attempt in half of the longest pause.
    expect(world.asked).toBeLessThan(40);
    expect(session.isExpired).toBe(true);
    expect(onEnded).not.toHaveBeenCalled();
    world.outage = undefined;
    await world.pass(20);
    expect(session.renewals).toBe(1);
    expect(session.isExpired).toBe(false);
    session.close();
  });

  test('tries again at once when the network is back, but not more than twice a second', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    world.outage = () => Promise.reject(new TypeError('Failed to fetch'));
    await world.pass(110);
    const { asked } = world;
    for (let count = 0; count < 50; count += 1) world.wakeUp();
    await world.turned();
    expect(world.asked).toBeLessThanOrEqual(asked + 1);
    world.outage = undefined;
    world.clock.advance(500);
    await world.turned();
    world.wakeUp();
    await world.turned();
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('is followed by shorter pauses when the newest grant is shorter than the first one', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    world.service.expiresInSeconds = 5;
    await session.renewNow();
    world.outage = () => Promise.reject(new TypeError('Failed to fetch'));
    await world.pass(4);
    const { asked } = world;
    for (const [passedMs, attempts] of [
      [124, 0],
      [1, 1],
    ] as const) {
      world.clock.advance(passedMs);
      await world.turned();
      expect(world.asked - asked).toBe(attempts);
    }
    session.close();
  });

  test('keeps the pause that the host app requests, also when it is woken', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    const headers = { 'Retry-After': '60' };
    world.outage = () => new Response('<html>', { status: 429, headers });
    await world.pass(80);
    expect(world.asked).toBe(2);
    world.wakeUp();
    await world.pass(10);
    world.wakeUp();
    await world.pass(49);
    expect(world.asked).toBe(2);
    await world.pass(1);
    expect(world.asked).toBe(3);
    session.close();
  });

  test('tries again as soon as it may when it was woken within the shortest pause', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    world.outage = () => Promise.reject(new TypeError('Failed to fetch'));
    // The sixth attempt has just failed: without a wake event the next one is due in eight seconds.
    await world.pass(89);
    const { asked } = world;
    expect(asked).toBe(7);
    world.outage = undefined;
    world.wakeUp();
    await world.pass(1);
    expect([world.asked, session.renewals]).toEqual([asked + 1, 1]);
    session.close();
  });

  test.each(['wake', 'renewNow'] as const)(
    'tries again as soon as it may after an attempt during which %s came',
    async (sign) => {
      world.service.expiresInSeconds = 100;
      const session = await world.open();
      world.outage = () => Promise.reject(new TypeError('Failed to fetch'));
      await world.pass(88);
      let reject: (reason: Error) => void = () => {};
      const attempt = new Promise<Response>((_, refuse) => {
        reject = refuse;
      });
      world.outage = () => attempt;
      await world.pass(1);
      // The seventh attempt is under way: once it has failed, the next one is due in eight seconds without a wake event.
      const { asked } = world;
      expect(asked).toBe(7);
      world.outage = undefined;
      if (sign === 'wake') world.wakeUp();
      const wanted = sign === 'renewNow' ? session.renewNow() : undefined;
      reject(new TypeError('Failed to fetch'));
      await world.turned();
      expect([world.asked, session.renewals]).toEqual([asked, 0]);
      await world.pass(1);
      expect([world.asked, session.renewals]).toEqual([asked + 1, 1]);
      expect([undefined, session.playback]).toContain(await wanted);
      session.close();
    },
  );

  test('causes no further immediate requests because the first attempt was requested', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    world.outage = () => Promise.reject(new TypeError('Failed to fetch'));
    const wanted = session.renewNow();
    await world.pass(10);
    // At once, then after 0.25, 0.5, 1, 2 and 4 more seconds.
    expect(world.asked).toBe(7);
    session.close();
    await expect(wanted).rejects.toThrow();
  });

  test('a request that the host app never answers is abandoned after ten seconds, and repeated', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    world.outage = () => new Promise<Response>(() => {});
    await world.pass(80);
    expect(world.asked).toBe(2);
    world.outage = undefined;
    await world.pass(9);
    expect(session.renewals).toBe(0);
    await world.pass(2);
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('of the first request is retried, up to four attempts', async () => {
    let failures = 0;
    world.outage = () => {
      failures += 1;
      if (failures === 3) world.outage = undefined;
      return new Response('', { status: 503 });
    };
    const opening = world.open();
    await world.turned();
    await world.pass(4);
    const session = await opening;
    expect(world.asked).toBe(4);
    session.close();
    world.outage = () => new Response('', { status: 503 });
    const refused = world.open().catch((error: unknown) => error);
    await world.pass(8);
    expect(await refused).toMatchObject({ code: 'BACKEND_THROTTLED' });
    expect(world.asked).toBe(8);
  });

  test('of the first request is not retried when the host app requests a pause of more than 20 seconds', async () => {
    const answers = ['20', '21'];
    world.outage = () => new Response('', { status: 503, headers: { 'Retry-After': answers.shift() ?? '' } });
    const refused = vi.fn();
    world.open().catch(refused);
    await world.turned();
    await world.pass(20);
    expect(refused.mock.calls).toMatchObject([[{ code: 'BACKEND_THROTTLED', retryAfterMs: 21_000 }]]);
    expect(world.asked).toBe(2);
  });
});

test('an error of a host app’s own transport is an outage unless it is a refusal of the library', async () => {
  world.service.expiresInSeconds = 100;
  const { getPlaybackUrl } = world.transport;
  const thrown: unknown[] = [new Error('own'), 'text', new TimeoutError(), new AccessError('ACCESS_DENIED')];
  let isFirst = true;
  const transport = {
    getPlaybackUrl: async (...call: Parameters<typeof getPlaybackUrl>) => {
      if (!isFirst) throw thrown.shift();
      isFirst = false;
      return getPlaybackUrl(...call);
    },
  };
  const session = await world.open({ transport });
  await world.pass(100);
  expect(thrown).toEqual([]);
  expect(session.ended).toMatchObject({ code: 'ACCESS_DENIED' });
});
