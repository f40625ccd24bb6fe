import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RateLimitEntry } from '@videostorage/core';
import type { ClientKind } from './open-client.ts';

/** The task of a process of `hammer-program.ts`. */
export interface HammerOrder {
  readonly url: string;
  readonly kind: ClientKind;
  readonly keyPrefix: string;
  readonly entries: readonly RateLimitEntry[];
  /** Number of calls at a time. */
  readonly parallel: number;
  readonly forMs: number;
  /** How far its `Date.now` is ahead of the computer's, in milliseconds. */
  readonly clockShiftMs: number;
}

/** How its calls ended. */
export interface HammerReport {
  readonly accepted: number;
  readonly refused: number;
}

/** Runs the processes at the same time, once all of them are connected. */
export async function hammer(orders: readonly HammerOrder[]): Promise<readonly HammerReport[]> {
  const program = fileURLToPath(new URL('./hammer-program.ts', import.meta.url));
  const execArgv = ['--conditions=@videostorage/source', '--no-warnings'];
  const children = orders.map((order) => fork(program, [JSON.stringify(order)], { execArgv }));
  try {
    await Promise.all(children.map(message));
    const reports = children.map((child) => message(child) as Promise<HammerReport>);
    for (const child of children) child.send('go');
    return await Promise.all(reports);
  } finally {
    for (const child of children) child.kill();
  }
}

/** Its next message. @throws {Error} it ends without one */
async function message(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error(`a process ended with ${child.exitCode}`));
  child.once('exit', onExit);
  try {
    const [first] = await once(child, 'message', { signal: ended.signal });
    return first;
  } finally {
    child.off('exit', onExit);
  }
}
