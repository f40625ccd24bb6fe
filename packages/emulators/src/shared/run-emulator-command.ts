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

/** A command: how its emulator is started, and the flags it takes beside `--port` and `--help`. */
export interface EmulatorCommand {
  /** Starts the emulator at a port; 0 = a free one. */
  readonly start: (port: number, flags: CommandFlags) => Promise<RunningEmulator>;
  /** The flags, as `parseArgs` of Node takes them. */
  readonly flags: ParseArgsOptionsConfig;
}

/** Where a command runs: what was typed, where it writes, and what ends it. */
export interface CommandPlace {
  /** What stands behind the command. */
  readonly args: readonly string[];
  /** Takes a line for standard output. */
  print(line: string): void;
  /** Takes the one line that says why it fails. */
  fail(line: string): void;
  /** Resolves when the emulator is to be stopped. */
  readonly stopped: Promise<void>;
}

/**
 * Starts an emulator at `--port` (default: a free one), prints its facts, and stops it at SIGINT or SIGTERM. `--help` prints
 * the flags. What goes wrong is one line on standard error, with exit code 1.
 */
export async function runEmulatorCommand(
  { start, flags }: EmulatorCommand,
  place: CommandPlace = thisProcess(),
): Promise<void> {
  try {
    const options: ParseArgsOptionsConfig = {
      ...flags,
      port: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    };
    const { values } = parseArgs({ args: [...place.args], options });
    if (values['help'] === true) return place.print(describeFlags(options));
    const emulator = await start(parsePort(String(values['port'])), new CommandFlags(values));
    place.print(JSON.stringify(emulator.facts));
    await place.stopped;
    await emulator.stop();
  } catch (error) {
    place.fail(error instanceof Error ? error.message : String(error));
  }
}

function thisProcess(): CommandPlace {
  return {
    args: process.argv.slice(2),
    print: (line) => void process.stdout.write(`${line}\n`),
    fail: (line) => {
      process.stderr.write(`${line}\n`);
      process.exitCode = 1;
    },
    // Listened for from the beginning: a signal during the start stops what has started. These listeners alone do not keep a
    // process alive; the server does, until it is stopped.
    stopped: new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    }),
  };
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
