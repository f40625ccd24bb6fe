import { builtinModules } from 'node:module';
import { type BuildFailure, build } from 'esbuild';
import { sourceCondition } from '../workspace/export-entries.ts';
import type { BrowserEntry } from './browser-entries.ts';

/** Code that runs only in Node; modules are matched by their names, since `{node:e}` is a member. */
const forNode: readonly RegExp[] = [
  new RegExp(`\\bnode:(?:${builtinModules.join('|')})\\b`, 'g'),
  /\bprocess\.(?:env|versions|platform)|\b__dirname\b/g,
];
/** Credentials. The heading of a key counts only with a key after it, since a scrubber contains the heading. */
const secrets: readonly RegExp[] = [/AWS_SECRET_ACCESS_KEY/g, /PRIVATE KEY-----(?:\\r|\\n|\s)/g];
/** Clients of providers, which need credentials. A worker is a server and may have them. */
const forServers: readonly RegExp[] = [/amazonaws/g, /X-Amz-Credential/g, /secretAccessKey/g, /api\.cloudflare\.com/g];

/** Bundles an entry as a host app would, and returns what must not be in it: a line for each, with the module that brings it. */
export async function bundleLeaks(root: string, { file, runsIn }: BrowserEntry): Promise<readonly string[]> {
  const forbidden = [...forNode, ...secrets, ...(runsIn === 'browser' ? forServers : [])];
  try {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [file],
      ...{ bundle: true, write: false, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent' },
      // Removes comments and unused code, but keeps the line that esbuild writes above each module.
      ...{ minifySyntax: true, treeShaking: true, legalComments: 'none' },
      conditions: [sourceCondition, ...(runsIn === 'worker' ? ['workerd', 'worker'] : [])],
      external: ['node:*', ...builtinModules],
    });
    const code = outputFiles[0]?.text ?? '';
    const leaks = forbidden.flatMap((pattern) =>
      [...code.matchAll(pattern)].map(({ 0: found, index }) => `${moduleAt(code, index)}: ${found.trim()}`),
    );
    const imports = [...code.matchAll(/^(?:import|export)\b[^"';]*["']([^"']+)["'];$/gm)];
    return [
      ...new Set([...leaks, ...imports.map(({ 1: name, index }) => `${moduleAt(code, index)}: imports ${name}`)]),
    ];
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    return (error as BuildFailure).errors.map(({ location, text }) => `${location?.file ?? file}: ${text}`);
  }
}

/** The module whose code is at a position of an unminified bundle. */
function moduleAt(code: string, position: number): string {
  return [...code.slice(0, position).matchAll(/^ *\/\/ (\S+)$/gm)].at(-1)?.[1] ?? 'the bundle';
}
