import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestService } from './running-service.ts';
import { startServer } from './start-server.ts';

const server = '/usr/sbin/mariadbd';

/** MariaDB with one empty database. These packages contain only the programs, so that installing them starts nothing. */
export const mariadb: TestService = {
  name: 'MariaDB',
  packages: [
    { name: 'mariadb-server-core', brings: server },
    { name: 'mariadb-client-core', brings: '/usr/bin/my_print_defaults' },
  ],
  async start() {
    const password = randomBytes(20).toString('hex');
    const { port, stop } = await startServer({
      name: 'MariaDB',
      user: 'nobody',
      async prepare({ folder, run }) {
        const rights = ['--auth-root-authentication-method=normal', '--skip-name-resolve', '--skip-test-db'];
        await run('mariadb-install-db', '--no-defaults', `--datadir=${folder}/data`, ...rights);
        writeFileSync(
          join(folder, 'init.sql'),
          [
            'CREATE DATABASE videostorage CHARACTER SET utf8mb4;',
            `CREATE USER 'videostorage'@'127.0.0.1' IDENTIFIED BY '${password}';`,
            "GRANT ALL ON *.* TO 'videostorage'@'127.0.0.1';",
            'DROP USER root@localhost, root@127.0.0.1;\n',
          ].join('\n'),
        );
      },
      command: ({ folder, port: ownPort }) => [
        ...([server, '--no-defaults', `--datadir=${folder}/data`, `--init-file=${folder}/init.sql`] as const),
        // Relative to its data: the path of a socket must be short.
        ...['--bind-address=127.0.0.1', `--port=${ownPort}`, '--socket=socket', '--skip-name-resolve'],
        ...['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=64M', '--skip-log-bin'],
      ],
      // It accepts clients only when its init file is done.
      ready: ({ port: ownPort, run }) =>
        run(
          'mariadb',
          '--no-defaults',
          '-h127.0.0.1',
          `-P${ownPort}`,
          '-uvideostorage',
          `-p${password}`,
          '-e',
          'SELECT 1',
        ),
    });
    const url = `mysql://videostorage:${password}@127.0.0.1:${port}/videostorage`;
    return { environment: { VIDEOSTORAGE_TEST_MARIADB_URL: url }, stop };
  },
};
