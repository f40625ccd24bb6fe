import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Daemon } from './daemon.ts';
import { freePort } from './free-port.ts';
import { logTails } from './log-tails.ts';
import { openFolder } from './open-folder.ts';
import { unprivilegedIds } from './unprivileged-user.ts';

const stepMs = 60_000;
const readyTries = 1200;
const execute = promisify(execFile);

/** Folder and port of a server. */
interface ServerPlace {
  /** A folder of its own; it belongs to the user who runs the server. */
  readonly folder: string;
  /** Of the loopback interface. */
  readonly port: number;
  /** Runs a program to its end as the server's user. */
  run(program: string, ...args: readonly string[]): Promise<unknown>;
  /** Starts a program that the server needs; it is ended with the server. Its output goes to a file of its name. */
  keepRunning(program: string, ...args: readonly string[]): void;
}

/** How a server is started: one process, and the programs that it needs. */
export interface ServerPlan {
  /** Name in messages, and beginning of its folder's name. */
  readonly name: string;
  /** The user who runs it, if this process is root. Default root. */
  readonly user?: string | undefined;
  /** Default a free one. */
  readonly port?: number | undefined;
  /** Writes what the server needs before its start. */
  prepare?(place: ServerPlace): Promise<void>;
  /** The program and its arguments; it must stay in the foreground. */
  command(place: ServerPlace): readonly [string, ...string[]];
  /** Resolves when the server accepts clients, rejects until then. */
  ready(place: ServerPlace): Promise<unknown>;
  /** The fastest signal after which it leaves nothing behind; default SIGKILL. */
  readonly stopSignal?: NodeJS.Signals | undefined;
}

/** A running server. */
export interface RunningServer {
  readonly port: number;
  /** Stops it and removes its folder; a second call does nothing. */
  stop(): Promise<void>;
}

/** Starts a server in a folder of its own. @throws {Error} with its logs, when it does not start */
export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  const ids = unprivilegedIds(plan.user ?? 'root');
  const folder = openFolder(plan.name.toLowerCase().replaceAll(' ', '-'), ids);
  const logs = join(folder, 'log');
  const options = { ...ids, cwd: folder, env: { ...process.env, HOME: folder, TMPDIR: folder } };
  const daemons: Daemon[] = [];
  const run = (program: string, ...args: readonly string[]) => execute(program, args, { ...options, timeout: stepMs });
  const keepRunning = (program: string, ...args: readonly string[]) => {
    const daemon = new Daemon(program, args, join(logs, `${basename(program)}.out`), options);
    daemons.push(daemon);
    return daemon;
  };
  const stop = async () => {
    for (const daemon of daemons.splice(0).toReversed()) await daemon.kill(plan.stopSignal);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    mkdirSync(logs);
    const place = { folder, port: plan.port ?? (await freePort()), run, keepRunning };
    await plan.prepare?.(place);
    await untilReady(plan, place, keepRunning(...plan.command(place)));
    return { port: place.port, stop };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const failures = daemons.flatMap(({ failure }) => failure ?? []);
    const report = [`${plan.name} does not start: ${reason}`, ...failures, logTails(logs)].join('\n').trim();
    await stop();
    throw new Error(report, { cause: error });
  }
}

async function untilReady(plan: ServerPlan, place: ServerPlace, daemon: Daemon): Promise<void> {
  let reason: unknown;
  for (let tries = 0; tries < readyTries && daemon.failure === undefined; tries += 1) {
    try {
      await plan.ready(place);
      return;
    } catch (error) {
      reason = error;
      await sleep(50);
    }
  }
  throw new Error('it accepts no clients', { cause: reason });
}
