import { fixtures } from '@videostorage/testing';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { test } from 'vitest';
import { byteReader } from '../test-support/byte-reader.ts';
import { readVideoFile } from './read-video-file.ts';

const bytes = await fixtures.moovLast.read();

test('an MP4 with its index last, against mediabunny alone', async ({ bench }) => {
  await bench('readVideoFile', async () => {
    await readVideoFile(byteReader(bytes));
  }).run();
  await bench('mediabunny over the same bytes in memory', async () => {
    const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
    const video = await input.getPrimaryVideoTrack();
    await video?.getCodecParameterString();
    await (await input.getPrimaryAudioTrack())?.getCodecParameterString();
    await input.getDurationFromMetadata();
    await input.computeDuration();
    input.dispose();
  }).run();
});
