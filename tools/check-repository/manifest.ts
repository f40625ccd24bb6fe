import { isDeepStrictEqual } from 'node:util';
import type { PackageManifest, Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const repositoryUrl = 'git+https://github.com/videostorage/videostorage.git';
const scripts = ['build', 'typecheck', 'lint', 'test', 'bench'];
/** Run by npm on the machine of whoever installs the package: we have none. */
const lifecycleScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

/** Every package.json says the same things, in the same way. */
export function checkManifest({ folder, manifest }: Workspace): readonly RepositoryProblem[] {
  const where = `${folder}/package.json`;
  const wrong = [
    ...wrongFields(folder, manifest),
    ...scripts.filter((name) => !manifest.scripts?.[name]).map((name) => `lacks the script "${name}"`),
    ...lifecycleScripts
      .filter((name) => manifest.scripts?.[name] !== undefined)
      .map((name) => `has the script "${name}", which runs on the machine of whoever installs it`),
    ...wrongFiles(manifest['files']),
    ...wrongSideEffects(manifest['sideEffects']),
    ...unregisteredDependencies(manifest),
  ];
  return wrong.map((message) => ({ where, message }));
}

function wrongFields(folder: string, manifest: PackageManifest): readonly string[] {
  const expected: Readonly<Record<string, unknown>> = {
    name: `@videostorage/${folder.slice(folder.lastIndexOf('/') + 1)}`,
    license: 'MIT',
    type: 'module',
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

/** What is built is shipped, with maps that hold the source: the source files beside it would be a second copy. */
function wrongFiles(files: unknown): readonly string[] {
  const patterns: readonly unknown[] = Array.isArray(files) ? files : [];
  return [
    ...(patterns.includes('dist') ? [] : ['"files" lacks "dist"']),
    ...(patterns.some((pattern) => /^(\.\/)?(src|\*)/.test(String(pattern)))
      ? ['"files" must not name the sources, which the source maps hold already']
      : []),
  ];
}

/** `false`, or the files that do something when they are imported, such as registering an element. */
function wrongSideEffects(sideEffects: unknown): readonly string[] {
  const isList =
    Array.isArray(sideEffects) && sideEffects.every((file) => /^\.\/(src|dist)\/[\w./-]+$/.test(String(file)));
  return sideEffects === false || isList
    ? []
    : ['"sideEffects" must be false, or list files, without patterns, that have effects'];
}

function unregisteredDependencies(manifest: PackageManifest): readonly string[] {
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter(([, range]) => !/^[~^]?\d+\.\d+\.\d+(-[\w.]+)?( \|\| [~^]?\d+\.\d+\.\d+)*$/.test(range))
    .map(([name, range]) => `depends on ${name} as "${range}": say a version or a ^ or ~ range of the registry`);
}
