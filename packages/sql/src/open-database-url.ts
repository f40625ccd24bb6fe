import { ConfigurationError } from '@videostorage/core';
import { Kysely, MysqlDialect, PostgresDialect } from 'kysely';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';

/**
 * Opens a database by its URL, with the driver that the host app has installed: pg or mysql2; SQLite needs none.
 * @throws {ConfigurationError} another kind of URL · the driver is not installed
 */
export async function openDatabaseUrl(url: string): Promise<Kysely<unknown>> {
  const scheme = /^[a-z]+(?=:)/.exec(url)?.[0];
  switch (scheme) {
    case 'sqlite':
      // Other tools write `sqlite://`, with a place for a host name: here that would mean the root of the file system.
      if (/^sqlite:\/\/(?!\/)/.test(url)) {
        throw new ConfigurationError(
          'Name the file without //, for instance sqlite:./videos.sqlite or sqlite:/srv/videos.sqlite.',
        );
      }
      return new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: url.slice('sqlite:'.length) }) });
    case 'postgres':
    case 'postgresql': {
      const { default: pg } = await installed('pg', () => import('pg'));
      return new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) });
    }
    case 'mysql':
    case 'mariadb': {
      const { createPool } = await installed('mysql2', () => import('mysql2'));
      const uri = url.replace(/^mariadb:/, 'mysql:');
      return new Kysely<unknown>({ dialect: new MysqlDialect({ pool: createPool({ uri }) }) });
    }
    default:
      throw new ConfigurationError('The URL of the database must begin with postgres:, mysql:, mariadb: or sqlite:.');
  }
}

async function installed<Driver>(name: string, load: () => Promise<Driver>): Promise<Driver> {
  try {
    return await load();
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigurationError(`Install the driver first: npm install ${name}`);
  }
}
