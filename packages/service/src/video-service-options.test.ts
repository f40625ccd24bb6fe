import { expect, test } from 'vitest';
import { ServiceWorld } from '../test-support/service-world.ts';
import { VideoService } from './video-service.ts';

const world = new ServiceWorld();
const valid = { storages: [world.storage], records: world.records, events: world.events };
const build = (over: object) => Reflect.construct(VideoService, [{ ...valid, ...over }]);

/** Every method of an object but one, bound. */
function without(target: object, name: string): object {
  return new Proxy(target, { get: (object, key) => (key === name ? undefined : Reflect.get(object, key)) });
}

test('storages, records and events are enough', () => {
  expect(build({})).toBeInstanceOf(VideoService);
});

const WRONG: readonly (readonly [name: string, value: unknown])[] = [
  ['storages', []],
  ['storages', world.storage],
  ['storages', [{}]],
  ...['abortUpload', 'videoExists', 'listVideos', 'estimateCost', 'backendName'].map(
    (name) => ['storages', [without(world.storage, name)]] as const,
  ),
  ['records', {}],
  ...['findByVideoId', 'discard', 'due', 'usage', 'unknownVideos', 'forgetUnknownVideo'].map(
    (name) => ['records', without(world.records, name)] as const,
  ),
  ['events', {}],
  ['authorize', true],
  ['chooseBackend', 'memory'],
  ['acceptUnverified', true],
  ['retainFor', 30],
  ['hooks', { onVideoReady: true }],
  ['hooks', { onReady: () => {} }],
  ['logger', {}],
  ['clock', { now: () => 0 }],
  ['onForeignWebhook', true],
  ['cursorSecrets', ['short']],
  ['cursorSecrets', 'x'.repeat(32)],
  ['storage', world.storage],
];

test.each(WRONG)('`%s` of the wrong shape is refused by its name: %j', (name, value) => {
  expect(() => build({ [name]: value })).toThrow(name);
});

test.each([
  [{ scope: 'user', maxBytes: 0 }, true],
  [{ scope: 'global', maxPending: 1, maxSeconds: 2 }, true],
  [{ scope: 'user', maxBytes: -1 }, false],
  [{ scope: 'user', maxBytes: 1.5 }, false],
  [{ scope: 'user', maxBytes: Number.NaN }, false],
  [{ scope: 'user', maxBytes: '10' }, false],
  [{ scope: 'user' }, false],
  [{ scope: 'person', maxBytes: 1 }, false],
  [{ scope: 'user', maxByte: 1, maxBytes: 1 }, false],
  [null, false],
])('the quota %j is accepted: %j', (quota, isAccepted) => {
  const built = () => build({ quotas: [quota] });
  if (isAccepted) expect(built()).toBeInstanceOf(VideoService);
  else expect(built).toThrow('quotas');
});
