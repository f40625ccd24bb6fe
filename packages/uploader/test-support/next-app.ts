import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { strangersEnvironment } from '../../../tools/workspace/command.ts';
import { consumerLock } from '../../../tools/workspace/consumer-lock.ts';
import { packAll } from '../../../tools/workspace/packed-package.ts';
import { workspaceRoot as root } from '../../../tools/workspace/workspace-root.ts';
import { packagesOf } from '../../../tools/workspace/workspaces.ts';
import { StartedExample } from './started-example.ts';

/** What `examples/next` depends on, and what that depends on. */
const packed = [
  'cloudflare-stream',
  'core',
  'http',
  'local',
  'media',
  'object-storage',
  'player',
  'service',
  'uploader',
];

const next = 'node_modules/next/dist/bin/next';

/** `examples/next` in a folder of its own, with the packages as they would be published. */
export class NextApp {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Packs and installs. Builds packages first where one is not built. @throws {Error} with npm's own output */
  static async install(): Promise<NextApp> {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-next-'));
    const app = new NextApp(folder);
    const packages = packagesOf(root).filter(({ folder: place }) =>
      packed.some((name) => place === `packages/${name}`),
    );
    if (packages.some((each) => !existsSync(join(root, each.folder, 'dist/index.js')))) {
      const names = packages.map(({ manifest }) => manifest.name).join(',');
      await app.#run(join(root, 'node_modules/.bin/nx'), ['run-many', '-t', 'build', '-p', names], root);
    }
    await cp(join(root, 'examples/next'), folder, { recursive: true });
    const tarballs = packAll(root, packages, folder).map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]);
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    Object.assign(manifest.dependencies, Object.fromEntries(tarballs));
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(consumerLock(root)));
    await app.#run('npm', ['install', '--prefer-offline', '--ignore-scripts']);
    return app;
  }

  /** `next build`, with no settings. @throws {Error} with its output */
  async build(): Promise<void> {
    await this.#run(process.execPath, [next, 'build']);
  }

  /** Puts the routes over Stream in the place of its own, and leaves out the settings that they do not need, as its README says. */
  async useStream(): Promise<void> {
    const routes = join(this.#folder, 'app/api/video/[...path]');
    await rename(join(routes, 'cloudflare-stream.route.ts'), join(routes, 'route.ts'));
    await rm(join(this.#folder, 'next.config.ts'));
  }

  /** `next start`, on the loopback interface; `environment` is set over its own. */
  start(environment: Readonly<Record<string, string>> = {}): Promise<StartedExample> {
    return StartedExample.startProgram(this.#folder, [next, 'start', '--hostname', '127.0.0.1'], environment);
  }

  /** Removes it. */
  dispose(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  async #run(command: string, args: readonly string[], cwd = this.#folder): Promise<void> {
    await promisify(execFile)(command, args, {
      cwd,
      env: strangersEnvironment({ NEXT_TELEMETRY_DISABLED: '1' }),
    }).catch(({ message, stdout, stderr }) => Promise.reject(new Error([message, stdout, stderr].join('\n'))));
  }
}
