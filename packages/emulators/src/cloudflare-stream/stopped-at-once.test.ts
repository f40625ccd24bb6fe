import fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

test('an emulator creates its folder before it starts, and no store creates it again after the emulator stopped', async () => {
  const mkdir = vi.spyOn(fs, 'mkdir');
  await (await CloudflareStreamEmulator.start()).stop();
  expect(mkdir).not.toHaveBeenCalled();
});
