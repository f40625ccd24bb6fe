import { test } from 'vitest';
import { loseNothing, seed, uploads } from '../test-support/lose-nothing.ts';
import { startFailingStream } from './failing-stream.ts';

test(
  `T-K1: ${uploads} uploads through a failing cloudflare-stream lose nothing with VideoService (seed ${seed})`,
  () => loseNothing(startFailingStream),
  600_000,
);
