import { expect, test } from 'vitest';
import { videoFailure } from './video-failure.ts';

test.each([
  ['unknown-container', 'NOT_A_VIDEO'],
  ['no-video-track', 'NOT_A_VIDEO'],
  ['unsupported-container', 'TYPE_MISMATCH'],
  ['malformed', 'MALFORMED'],
  ['too-complex', 'MALFORMED'],
] as const)('%s fails as %s, with the same sentence', (reason, code) => {
  const facts = { isVideo: false, reason, message: 'A sentence.', bytesRead: 0, reads: 0 } as const;
  expect(videoFailure(facts)).toEqual({ code, message: 'A sentence.' });
});
