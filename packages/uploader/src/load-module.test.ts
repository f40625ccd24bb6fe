import { expect, test, vi } from 'vitest';
import { loadModule } from './load-module.ts';
import { randomKey } from './random-key.ts';
import { storageSender } from './send/storage-sender.ts';

test('a module that cannot be loaded is a retryable failure with its cause', async () => {
  expect(await loadModule(async () => 'module')).toBe('module');
  const cause = new TypeError('Failed to fetch dynamically imported module');
  await expect(loadModule(() => Promise.reject(cause))).rejects.toMatchObject({
    ...{ code: 'BACKEND_UNAVAILABLE', retryable: true, cause, message: 'A part of this page could not be loaded.' },
  });
});

test('keys have 128 random bits in hex, also those that begin with zeros', () => {
  const keys = Array.from({ length: 100 }, randomKey);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(keys).size).toBe(100);
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => array);
  expect(randomKey()).toBe('0'.repeat(32));
});

test('a page sends by XMLHttpRequest when there is one, otherwise by fetch', async () => {
  const clock = { now: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const { signal } = new AbortController();
  const request = { method: 'GET', url: 'https://storage.example/', headers: {}, signal };
  vi.stubGlobal('fetch', async () => new Response('by fetch'));
  expect((await storageSender(clock, 1000)(request)).text).toBe('by fetch');
  const opened: string[] = [];
  vi.stubGlobal(
    'XMLHttpRequest',
    class {
      onload?: () => void;
      upload = {};
      status = 200;
      responseText = 'by XMLHttpRequest';
      open(method: string): void {
        opened.push(method);
      }
      send(): void {
        this.onload?.();
      }
    },
  );
  expect((await storageSender(clock, 1000)(request)).text).toBe('by XMLHttpRequest');
  expect(opened).toEqual(['GET']);
});
