import { expect, test, vi } from 'vitest';
import { loadVideoJs } from './load-video-js.ts';

const fake = vi.hoisted((): { noStyleWhenLoaded: unknown } => ({ noStyleWhenLoaded: undefined }));
vi.mock('video.js', () => {
  fake.noStyleWhenLoaded = Reflect.get(globalThis, 'VIDEOJS_NO_DYNAMIC_STYLE');
  return { default: fake };
});

test('Video.js adds no style element, because of a setting before it is loaded', async () => {
  vi.stubGlobal('VIDEOJS_NO_DYNAMIC_STYLE', undefined);
  expect(await loadVideoJs()).toBe(fake);
  expect(fake.noStyleWhenLoaded).toBe(true);
});
