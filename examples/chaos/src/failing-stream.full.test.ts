import { test } from 'vitest';
import { loseInNaiveOrder } from '../test-support/lose-in-naive-order.ts';
import { loseNothing, seed, uploads } from '../test-support/lose-nothing.ts';
import { startFailingStream } from './failing-stream.ts';

test(
  `T-K1: ${uploads} uploads through a failing cloudflare-stream lose nothing with VideoService (seed ${seed})`,
  () => loseNothing(startFailingStream),
  600_000,
);

test(
  `the naive order loses videos of closed tabs, leaves their bytes and reports twice what is confirmed twice, there too (seed ${seed})`,
  () => loseInNaiveOrder(startFailingStream),
  600_000,
);
