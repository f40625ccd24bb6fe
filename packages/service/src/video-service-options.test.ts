import { expect, test } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, ServiceWorld } from '../test-support/service-world.ts';
import type { ServiceHooks } from './service-hooks.ts';
import type { VideoRecord } from './video-record.ts';
import { VideoService } from './video-service.ts';
import { checkServiceOptions } from './video-service-options.ts';

const world = new ServiceWorld();
const valid = { storages: [world.storage], records: world.records, events: world.events };
const build = (over: object) => Reflect.construct(VideoService, [{ ...valid, ...over }]);

/** All methods of an object except one, bound. */
function without(target: object, name: string): object {
  return new Proxy(target, { get: (object, key) => (key === name ? undefined : Reflect.get(object, key)) });
}

test('storages, records and events are enough', () => {
  expect(build({})).toBeInstanceOf(VideoService);
});

test('functions among the options may be methods of their object too', () => {
  class Settings {
    readonly storages = [new ServiceWorld().storage] as const;
    readonly records = new ServiceWorld().records;
    readonly events = new ServiceWorld().events;
    readonly #own = 'own';
    authorize() {
      return this.#own;
    }
    chooseBackend() {
      return this.#own;
    }
    acceptUnverified() {
      return this.#own;
    }
    retainFor() {
      return this.#own;
    }
    onForeignWebhook() {
      return this.#own;
    }
  }
  const checked: object = Reflect.apply(checkServiceOptions, undefined, [new Settings()]);
  const names = ['authorize', 'chooseBackend', 'acceptUnverified', 'retainFor', 'onForeignWebhook'];
  const call = (name: string) => Reflect.apply(Reflect.get(checked, name), undefined, []);
  expect(names.map(call)).toEqual(names.map(() => 'own'));
});

test('getters of a class are read as options, and hooks may be methods', async () => {
  class Hooks implements ServiceHooks {
    readonly #ready: string[] = [];
    get ready(): readonly string[] {
      return this.#ready;
    }
    async onVideoReady({ id }: VideoRecord): Promise<void> {
      this.#ready.push(id);
    }
  }
  const hooks = new Hooks();
  const own = new ServiceWorld();
  class Settings {
    get storages() {
      return [own.storage];
    }
    get records() {
      return own.records;
    }
    get events() {
      return own.events;
    }
    get quotas() {
      return [{ scope: 'user', maxPending: 1 }];
    }
    get hooks() {
      return hooks;
    }
    get clock() {
      return own.clock;
    }
    authorize() {
      return true;
    }
  }
  const service: VideoService = Reflect.construct(VideoService, [new Settings()]);
  const ticket = await service.getUploadUrl(ada, own.request());
  expect(await codeOf(service.getUploadUrl(ada, own.request()))).toBe('QUOTA_EXCEEDED');
  await own.send(ticket);
  await service.confirmUpload(ada, ticket.uploadReference);
  own.storage.provider.settle();
  own.clock.advance(60_000);
  await service.sweep();
  expect(hooks.ready).toEqual([ticket.uploadReference]);
});

test('hooks may be an object of a class with members of its own; it has one hook at least', async () => {
  class Mails {
    readonly sent: string[] = [];
    async onVideoReady({ id }: VideoRecord): Promise<void> {
      this.sent.push(id);
    }
  }
  const hooks = new Mails();
  const { videoId } = await new ServiceWorld({ hooks }).readyVideo();
  expect(hooks.sent).toEqual([videoId]);
  class Others {
    readonly onVideoRedy = () => {};
  }
  const misspelt = { onVideoReady: () => {}, onVideoRedy: () => {} };
  for (const plain of [misspelt, Object.assign(Object.create(null), misspelt)]) {
    expect(() => build({ hooks: plain })).toThrow('`hooks.onVideoRedy` is not an option');
  }
  for (const none of [new Others(), [], 'none']) {
    expect(() => build({ hooks: none })).toThrow('`hooks` must be an object of onVideoReady, onVideoFailed');
  }
  expect(() => build({ hooks: Object.assign(new Mails(), { onVideoFailed: 1 }) })).toThrow('`hooks.onVideoFailed`');
});

const WRONG: readonly (readonly [name: string, value: unknown])[] = [
  ['storages', []],
  ['storages', world.storage],
  ['storages', [{}]],
  ['storages', [world.storage, {}]],
  ['storages', [null]],
  ['storages', ['memory']],
  ['records', null],
  ['events', null],
  ['quotas', [{ scope: 'user', maxBytes: 1 }, {}]],
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
  ['hooks', null],
  ['hooks', Object.assign(Object.create(null), { onReady: () => {} })],
  ['hooks', [() => {}]],
  ['logger', {}],
  // It would log values that a Logger masks.
  ['logger', console],
  ['clock', { now: () => 0 }],
  ['clock', { now: () => Number.NaN, sleep: async () => {} }],
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
  [{ scope: 'user', maxPending: -1, maxBytes: 1 }, false],
  [{ scope: 'user', maxPending: 1, maxBytes: '1' }, false],
  [{ scope: 'user', maxBytes: 1.5 }, false],
  [{ scope: 'user', maxBytes: Number.NaN }, false],
  [{ scope: 'user', maxBytes: '10' }, false],
  [{ scope: 'user' }, false],
  [{ scope: 'person', maxBytes: 1 }, false],
  [{ scope: 'user', maxByte: 1, maxBytes: 1 }, false],
  [null, false],
  ['user', false],
])('the quota %j is accepted: %j', (quota, isAccepted) => {
  const built = () => build({ quotas: [quota] });
  if (isAccepted) expect(built()).toBeInstanceOf(VideoService);
  else expect(built).toThrow('quotas');
});
