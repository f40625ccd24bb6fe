import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const running = new Set<ChildProcess>();

/** Stops what a failed test has left running. */
export function endDemos(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A demo in a separate process. */
export interface StartedDemo {
  readonly child: ChildProcess;
  /** Its exit code, and everything that it has printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly printed: string }>;
  /** What it has printed so far. */
  printed(): string;
}

/** Starts the demo as a child process, and collects its output. */
export function startDemo(words: readonly string[], environment: NodeJS.ProcessEnv = {}): StartedDemo {
  const args = ['--conditions=@videostorage/source', 'src/main.ts', ...words];
  const child = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      printed += text.toString();
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, printed };
  });
  return { child, ended, printed: () => printed };
}
