import { parseArgs } from 'node:util';

/** An emulator that runs, and what its users must know. */
export interface RunningEmulator {
  /** Origins and credentials; printed as one line of JSON. */
  readonly facts: Readonly<Record<string, string>>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts an emulator at `--port` (default: a free one), prints its facts, and stops it at SIGINT or SIGTERM. */
export async function runEmulatorCommand(start: (port: number) => Promise<RunningEmulator>): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError('--port must be a number up to 65535.');
  const emulator = await start(port);
  process.stdout.write(`${JSON.stringify(emulator.facts)}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await emulator.stop();
}
