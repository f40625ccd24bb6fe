import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** A running emulator and the facts that its users need. */
interface RunningEmulator {
  /** Origins and credentials; printed as one line of JSON. */
  readonly facts: Readonly<Record<string, string>>;
  /** Stops the emulator. */
  stop(): Promise<void>;
}

/** Values of the flags of a command, by name. */
class CommandFlags {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** The value of a flag under another name, to be spread into options; an empty object without the flag. */
  text<Name extends string>(flag: string, name: Name): { readonly [_ in Name]?: string } {
    const value = this.#values[flag];
    return typeof value === 'string' ? ({ [name]: value } as { readonly [_ in Name]?: string }) : {};
  }

  /** All values of a flag that may be repeated. */
  list(flag: string): readonly string[] {
    const value = this.#values[flag];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** Whether a flag without a value is set. */
  has(flag: string): boolean {
    return this.#values[flag] === true;
  }
}

/** A command: how its emulator is started, and the flags it takes beside `--port` and `--help`. */
export interface EmulatorCommand {
  /** Starts the emulator at a port; 0 = a free one. */
  readonly start: (port: number, flags: CommandFlags) => Promise<RunningEmulator>;
  /** The flags, in the form of Node's `parseArgs`. */
  readonly flags: ParseArgsOptionsConfig;
}

/** Where a command runs: its arguments, its output, and what ends it. */
export interface CommandPlace {
  /** Arguments after the name of the command. */
  readonly args: readonly string[];
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes the line with the reason why the command fails. */
  fail(line: string): void;
  /** Resolves when the emulator is to be stopped. */
  readonly stopped: Promise<void>;
}

/**
 * Starts an emulator at `--port` (default: a free one), prints its facts, and stops it at SIGINT or SIGTERM. `--help` prints
 * the flags. A failure is one line on standard error, with exit code 1.
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
    // Set before the start, so that a signal during it is not lost. The server keeps the process alive, these listeners do not.
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
