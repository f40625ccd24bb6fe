#!/usr/bin/env node
import { runEmulatorCommand } from '../shared/run-emulator-command.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

void runEmulatorCommand(async (port) => {
  const emulator = await CloudflareStreamEmulator.start({ port });
  const { apiOrigin, playbackOrigin, accountId, apiToken, customerCode } = emulator;
  return { facts: { apiOrigin, playbackOrigin, accountId, apiToken, customerCode }, stop: () => emulator.stop() };
});
