import { randomBytes } from 'node:crypto';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestService } from './running-service.ts';
import { startServer } from './start-server.ts';

const server = '/usr/lib/postgresql/*/bin/postgres';
const asFastAsPossible = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const onlyOverTcp = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];

/** A PostgreSQL cluster that is removed at its end. Its own programs refuse root, so root runs them as `postgres`. */
export const postgresql: TestService = {
  name: 'PostgreSQL',
  packages: [
    {
      name: 'postgresql',
      brings: server,
      // Otherwise Debian creates its own cluster below /var/lib.
      whileInstalling: {
        '/etc/postgresql-common/createcluster.d/videostorage-tests.conf': 'create_main_cluster = false\n',
      },
    },
  ],
  async start() {
    const password = randomBytes(20).toString('hex');
    const programs = String(globSync(server).toSorted().at(-1)).replace(/postgres$/, '');
    const { port, stop } = await startServer({
      name: 'PostgreSQL',
      user: 'postgres',
      // Its processes share memory that only an orderly shutdown frees; this signal is the fastest one.
      stopSignal: 'SIGQUIT',
      async prepare({ folder, run }) {
        const passwordFile = join(folder, 'password');
        writeFileSync(passwordFile, password);
        const rights = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
        await run(`${programs}initdb`, '-D', `${folder}/data`, ...rights, '--no-sync', '-E', 'UTF8', '--locale=C');
      },
      command: (place) => [
        ...([`${programs}postgres`, '-D', `${place.folder}/data`, '-p', String(place.port)] as const),
        ...[...onlyOverTcp, ...asFastAsPossible].flatMap((setting) => ['-c', setting]),
      ],
      ready: (place) => place.run(`${programs}pg_isready`, '-q', '-h', '127.0.0.1', '-p', String(place.port)),
    });
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return { environment: { VIDEOSTORAGE_TEST_POSTGRES_URL: url }, stop };
  },
};
