import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageManifest } from '../workspace/workspaces.ts';

const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/[\w./-]+\.(js|cjs|d\.ts|d\.cts)$/,
  /^dist\/[\w./-]+\.(js|cjs)\.map$/,
  /^fixtures\/[\w.-]+\.(mp4|webm|mov|mkv)$/,
  /^infrastructure\/[\w.-]+\.yaml$/,
];
const hooks = /^dist\/react\/index\.(js|cjs)$/;
const isClient = /^(?:"use strict";\s*)?"use client"/;
const forbidden = /\.(test|test-d|bench)\.|(^|\/)(node_modules|coverage|\.[^/]+)\//;

/**
 * What is wrong with a packed package: files beyond code, documents, small videos, templates and the assets that `exports`
 * names; source maps or code that name the folder they were built in.
 */
export function tarballProblems(
  folder: string,
  files: readonly string[],
  manifest: PackageManifest,
  builtIn: string,
): readonly string[] {
  const assets = Object.values(manifest.exports ?? {}).filter((target) => typeof target === 'string');
  const unexpected = files.filter(
    (file) => forbidden.test(file) || !(allowed.some((pattern) => pattern.test(file)) || assets.includes(`./${file}`)),
  );
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  return [
    ...unexpected.map((file) => `${file} must not be in the tarball`),
    ...files.filter((file) => file.endsWith('.map')).flatMap((file) => wrongSources(file, text(file))),
    ...files.filter((file) => text(file).includes(builtIn)).map((file) => `${file} names the folder it was built in`),
    ...files
      .filter((file) => hooks.test(file) && !isClient.test(text(file)))
      .map((file) => `${file} must begin with "use client", for server components of React`),
  ];
}

function wrongSources(file: string, text: string): readonly string[] {
  const { sources } = JSON.parse(text) as { readonly sources: readonly string[] };
  return sources
    .filter((source) => /^([a-z]+:|\/|[A-Z]:\\)/.test(source))
    .map((source) => `${file} names the source ${source}, which is not relative`);
}
