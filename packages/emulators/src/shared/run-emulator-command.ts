import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** An emulator that runs, and what its users must know. */
export interface RunningEmulator {
  /** Origins and credentials; printed as one line of JSON. */
  readonly facts: Readonly<Record<string, string>>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** What was said behind the command, by the names of its flags. */
export class CommandFlags {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** The flag's value, under a name of one's own, if there is one: to be spread into options. */
  text<Name extends string>(flag: string, name: Name): { readonly [_ in Name]?: string } {
    const value = this.#values[flag];
    return typeof value === 'string' ? ({ [name]: value } as { readonly [_ in Name]?: string }) : {};
  }

  /** All values of a flag that may be said again and again. */
  list(flag: string): readonly string[] {
    const value = this.#values[flag];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** Whether a flag without a value was said. */
  has(flag: string): boolean {
    return this.#values[flag] === true;
  }
}

/**
 * Starts an emulator at `--port` (default: a free one), prints its facts, and stops it at SIGINT or SIGTERM. `--help` prints
 * the flags. What goes wrong is one line on standard error, with exit code 1.
 */
export async function runEmulatorCommand(
  start: (port: number, flags: CommandFlags) => Promise<RunningEmulator>,
  flags: ParseArgsOptionsConfig = {},
): Promise<void> {
  // Listened for from the beginning: a signal during the start stops what has started.
  const told = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  try {
    const options: ParseArgsOptionsConfig = {
      ...flags,
      port: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    };
    const { values } = parseArgs({ options });
    if (values['help'] === true) {
      process.stdout.write(`${describeFlags(options)}\n`);
      return;
    }
    const emulator = await start(parsePort(String(values['port'])), new CommandFlags(values));
    process.stdout.write(`${JSON.stringify(emulator.facts)}\n`);
    // A listener for signals alone does not keep a process; the server does, until it is stopped.
    await told;
    await emulator.stop();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

function describeFlags(options: ParseArgsOptionsConfig): string {
  return Object.entries(options)
    .map(([flag, { type, multiple }]) => `--${flag}${type === 'string' ? ' VALUE' : ''}${multiple ? ' …' : ''}`)
    .join('\n');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new TypeError('--port must be a number up to 65535.');
  return port;
}
