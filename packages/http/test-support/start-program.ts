import { type ChildProcess, spawn } from 'node:child_process';

/** A running program of this repository. */
export interface RunningProgram {
  /** The lines that it has printed so far. */
  readonly lines: readonly string[];
  /** Ends it. */
  stop(): Promise<void>;
}

/** How a program is started. */
export interface ProgramStart {
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** It has started when it prints a line that matches. */
  readonly untilLine: RegExp;
}

/**
 * Runs TypeScript from source with this Node. @throws {Error} it ended before that line; the message has its output on
 * stderr
 */
export async function startProgram({ args, folder, environment, untilLine }: ProgramStart): Promise<RunningProgram> {
  const flags = ['--conditions=@videostorage/source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    let errors = '';
    let rest = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}: ${errors}`)));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const [last = '', ...whole] = `${rest}${chunk}`.split('\n').reverse();
      rest = last;
      lines.push(...whole.reverse());
      if (lines.some((line) => untilLine.test(line))) resolve();
    });
  });
  return { lines, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
}
