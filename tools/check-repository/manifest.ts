import { isDeepStrictEqual } from 'node:util';
import type { PackageManifest, Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const repository = 'https://github.com/videostorage/videostorage';
/** Nx skips a package that lacks one of these, without a warning. */
const scripts = ['build', 'typecheck', 'lint', 'test', 'bench'];
/** npm runs these on the user's machine at installation: we have none. */
const lifecycleScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

/** Every package.json has the same fields, no script that runs at installation, and dependencies of the registry only. */
export function checkManifest({ folder, manifest }: Workspace): readonly RepositoryProblem[] {
  const wrong = [
    ...wrongFields(folder, manifest),
    ...scripts.filter((name) => !manifest.scripts?.[name]).map((name) => `lacks the script "${name}"`),
    ...lifecycleScripts
      .filter((name) => manifest.scripts?.[name] !== undefined)
      .map((name) => `has the script "${name}", which runs on the user's machine at installation`),
    ...(isSideEffects(manifest['sideEffects'])
      ? []
      : ['"sideEffects" must be false, or list files, without patterns, that have effects']),
    ...unregisteredDependencies(manifest),
  ];
  return wrong.map((message) => ({ where: `${folder}/package.json`, message }));
}

function wrongFields(folder: string, manifest: PackageManifest): readonly string[] {
  const expected: Readonly<Record<string, unknown>> = {
    name: `@videostorage/${folder.slice(folder.lastIndexOf('/') + 1)}`,
    license: 'MIT',
    type: 'module',
    repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
    homepage: `${repository}/tree/main/${folder}#readme`,
    bugs: `${repository}/issues`,
    engines: { node: '>=22.19' },
    publishConfig: { access: 'public' },
  };
  return Object.entries(expected)
    .filter(([field, value]) => !isDeepStrictEqual(manifest[field], value))
    .map(([field, value]) => `"${field}" must be ${JSON.stringify(value)}, not ${JSON.stringify(manifest[field])}`);
}

/** `false`, or the files that have an effect when they are imported, such as registering an element. */
function isSideEffects(value: unknown): boolean {
  const isFile = (file: unknown) => /^\.\/(?:src|dist)\/[\w./-]+$/.test(String(file));
  return value === false || (Array.isArray(value) && value.every(isFile));
}

function unregisteredDependencies(manifest: PackageManifest): readonly string[] {
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter(([, range]) => !/^[~^]?\d+\.\d+\.\d+(-[\w.]+)?( \|\| [~^]?\d+\.\d+\.\d+)*$/.test(range))
    .map(([name, range]) => `depends on ${name} as "${range}": name a version or a ^ or ~ range of the registry`);
}
