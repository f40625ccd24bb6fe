import fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

test('an emulator makes its folder before it starts, and no store makes it again once it has stopped', async () => {
  const mkdir = vi.spyOn(fs, 'mkdir');
  await (await CloudflareStreamEmulator.start()).stop();
  expect(mkdir).not.toHaveBeenCalled();
});
