import { createServer } from 'node:net';
import { ConfigurationError } from '@videostorage/core';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabaseUrl } from './open-database-url.ts';
import { sqlFamily } from './sql-family.ts';

describe('a server', () => {
  let port: number;
  let calls: number;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  beforeEach(async () => {
    calls = 0;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { readonly port: number }).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test.each([
    ['postgres', 'postgres'],
    ['postgresql', 'postgres'],
    ['mysql', 'mysql'],
    ['mariadb', 'mysql'],
  ])('of %s is spoken to as %s, at the place that the URL names', async (scheme, family) => {
    const database = await openDatabaseUrl(`${scheme}://user:password@127.0.0.1:${port}/videos`);
    expect(sqlFamily(database)).toBe(family);
    expect(calls).toBe(0);
    await expect(sql`select 1`.execute(database)).rejects.toThrow();
    expect(calls).toBe(1);
    await database.destroy();
  });
});

test.each(['', 'videos.sqlite', 'mssql://host/videos', ' sqlite:x', 'SQLITE:x', 'file:x.sqlite', 'a-sqlite:x'])(
  'another URL is refused: "%s"',
  async (url) => {
    const error = new ConfigurationError(
      'The URL of the database must begin with postgres:, mysql:, mariadb: or sqlite:.',
    );
    await expect(openDatabaseUrl(url)).rejects.toThrow(error);
  },
);

test('a file is named without a place for a server, from the folder of the process or from the root', async () => {
  await expect(openDatabaseUrl('sqlite://videos.sqlite')).rejects.toThrow('Name the file without //');
  for (const url of ['sqlite::memory:', 'sqlite:///proc/no-such-folder/x.sqlite']) {
    const database = await openDatabaseUrl(url);
    expect(sqlFamily(database)).toBe('sqlite');
    const asked = sql`select 1 as one`.execute(database);
    if (url === 'sqlite::memory:') expect((await asked).rows).toEqual([{ one: 1 }]);
    else await expect(asked).rejects.toThrow('unable to open database file');
    await database.destroy();
  }
});
