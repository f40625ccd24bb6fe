import { isDeepStrictEqual } from 'node:util';
import type { PackageManifest, Workspace } from '../workspace/workspaces.ts';
import type { HouseProblem } from './house-problem.ts';

const repositoryUrl = 'git+https://github.com/videostorage/videostorage.git';
const scripts = ['build', 'typecheck', 'lint', 'test', 'bench'];
/** Run by npm on the machine of whoever installs the package: we have none. */
const lifecycleScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];
const shippedFiles = ['dist', 'src', '!src/**/*.test.ts', '!src/**/*.test-d.ts', '!src/**/*.bench.ts'];

/** Every package.json says the same things, in the same way. */
export function checkManifest({ folder, manifest }: Workspace): readonly HouseProblem[] {
  const where = `${folder}/package.json`;
  const wrong = [
    ...wrongFields(folder, manifest),
    ...scripts.filter((name) => !manifest.scripts?.[name]).map((name) => `lacks the script "${name}"`),
    ...lifecycleScripts
      .filter((name) => manifest.scripts?.[name] !== undefined)
      .map((name) => `has the script "${name}", which runs on the machine of whoever installs it`),
    ...shippedFiles
      .filter((pattern) => !(Array.isArray(manifest['files']) && manifest['files'].includes(pattern)))
      .map((pattern) => `"files" lacks "${pattern}"`),
    ...unregisteredDependencies(manifest),
  ];
  return wrong.map((message) => ({ where, message }));
}

function wrongFields(folder: string, manifest: PackageManifest): readonly string[] {
  const expected: Readonly<Record<string, unknown>> = {
    name: `@videostorage/${folder.slice(folder.lastIndexOf('/') + 1)}`,
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    repository: { type: 'git', url: repositoryUrl, directory: folder },
    homepage: `https://github.com/videostorage/videostorage/tree/main/${folder}#readme`,
    bugs: 'https://github.com/videostorage/videostorage/issues',
    engines: { node: '>=22.19' },
    main: './dist/index.cjs',
    module: './dist/index.js',
    types: './dist/index.d.cts',
    publishConfig: { access: 'public' },
  };
  const different = Object.entries(expected)
    .filter(([field, value]) => !isDeepStrictEqual(manifest[field], value))
    .map(([field, value]) => `"${field}" must be ${JSON.stringify(value)}, not ${JSON.stringify(manifest[field])}`);
  const { version, description, keywords } = manifest;
  return [
    ...different,
    ...(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? '') ? [] : ['"version" must be a semantic version']),
    ...(typeof description === 'string' && description.length >= 20 ? [] : ['"description" must be a sentence']),
    ...(Array.isArray(keywords) && keywords.length >= 3 && keywords.includes('videostorage')
      ? []
      : ['"keywords" must hold "videostorage" and at least two more']),
  ];
}

function unregisteredDependencies(manifest: PackageManifest): readonly string[] {
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter(([, range]) => !/^[~^]?\d+\.\d+\.\d+(-[\w.]+)?( \|\| [~^]?\d+\.\d+\.\d+)*$/.test(range))
    .map(([name, range]) => `depends on ${name} as "${range}": say a version or a ^ or ~ range of the registry`);
}
