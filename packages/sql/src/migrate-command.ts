import { isVideoStorageError } from '@videostorage/core';
import { driverErrorText } from './driver-error.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { openDatabaseUrl } from './open-database-url.ts';

/** The outputs of a command. */
export interface CommandOutput {
  /** Writes a line of the result. */
  out(line: string): void;
  /** Writes a line about an error. */
  error(line: string): void;
}

const USAGE = `Brings the tables of @videostorage/sql to the newest layout.

  VIDEOSTORAGE_DATABASE_URL=… videostorage-sql migrate [--schema <name>]

The URL begins with postgres:, mysql:, mariadb: or sqlite:, for instance sqlite:./videos.sqlite. It is read from the environment,
since other users of a computer see the arguments of a process.`;

/** `videostorage-sql migrate`; returns the exit code: 0 done, 1 failed, 2 wrong arguments. */
export async function migrateCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput,
): Promise<number> {
  const [verb, flag, schema, ...others] = args;
  const url = environment['VIDEOSTORAGE_DATABASE_URL'] ?? '';
  if (verb === '--help' || verb === '-h') {
    output.out(USAGE);
    return 0;
  }
  const isSchema = flag === undefined || (flag === '--schema' && schema !== undefined);
  if (verb !== 'migrate' || !isSchema || others.length > 0 || url === '') {
    output.error(USAGE);
    return 2;
  }
  try {
    const database = await openDatabaseUrl(url);
    try {
      const names = await migrateVideoTables(database, { schema });
      output.out(names.length === 0 ? 'The tables are up to date.' : names.map((name) => `Done: ${name}`).join('\n'));
      return 0;
    } finally {
      await database.destroy();
    }
  } catch (error) {
    output.error(textOf(error));
    return 1;
  }
}

/** The message with the fix; that of a driver is not printed as it is, since it may contain credentials and values. */
function textOf(error: unknown): string {
  if (!isVideoStorageError(error)) return driverErrorText(error);
  // The cause says what the driver said, in a form that may be printed.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
