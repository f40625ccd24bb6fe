#!/usr/bin/env node
import { runEmulatorCommand } from '../shared/run-emulator-command.ts';
import { S3Emulator } from './s3-emulator.ts';

void runEmulatorCommand(async (port) => {
  const emulator = await S3Emulator.start({ port });
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = emulator;
  return { facts: { endpoint, region, bucket, accessKeyId, secretAccessKey }, stop: () => emulator.stop() };
});
