import { expect, test } from 'vitest';
import { memoryStorage } from '../test-support/http-world.ts';
import { servedStorages } from './served-storage.ts';

const served = { basePath: '/media', ownsPath: () => true, fetch: async () => new Response() };

test('a storage is served when it has all that serving takes', () => {
  const whole = Object.assign(memoryStorage(), served);
  const lacking = Object.keys(served).map((name) => Object.assign(memoryStorage(), served, { [name]: undefined }));
  expect(servedStorages([memoryStorage(), whole, ...lacking])).toEqual([whole]);
});
