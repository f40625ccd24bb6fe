import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { browserEntries } from './browser-entries.ts';

/** Globals of both browsers and workers, without those of Node. */
const webGlobals = {
  ...{ AbortController, AbortSignal, URL, URLSearchParams, TextEncoder, TextDecoder, DOMException },
  ...{ crypto, performance, setTimeout, clearTimeout, queueMicrotask, structuredClone, atob, btoa },
};

/** Validates, signs and verifies with the bundle, like a program in a browser. */
const program = `(async () => {
  const { Secret, UploadReference, Validator, isVideoStorageError } = core;
  const reference = new UploadReference([new Secret('a secret of more than thirty-two bytes')]);
  const claims = {
    ...{ backendName: 'film', uploadId: '0'.repeat(32), videoId: '0'.repeat(32) + '-mp4', userId: 'u', contextId: 'c' },
    ...{ sizeBytes: 1, mimeType: 'video/mp4', validUntil: '2999-01-01T00:00:00.000Z' },
  };
  const signed = await reference.sign(claims);
  const verified = await reference.verify(signed, 'film');
  const refused = await reference.verify(signed + 'x', 'film').catch((error) => isVideoStorageError(error) && error.code);
  const problems = new Validator().validateFileSize(0).map(({ code }) => code);
  return JSON.stringify({ userId: verified.userId, refused, problems });
})()`;

describe('core', () => {
  const entries = browserEntries.filter(({ file }) => file === 'packages/core/src/index.ts');

  test.each(entries)('works in a $runsIn, without Node', async ({ file, runsIn }) => {
    const { outputFiles } = await build({
      absWorkingDir: workspaceRoot,
      entryPoints: [file],
      ...{ bundle: true, write: false, minify: true, format: 'iife', globalName: 'core', target: 'es2022' },
      platform: 'browser',
      conditions: runsIn === 'worker' ? ['workerd', 'worker'] : [],
    });
    const context = createContext({ ...webGlobals });
    runInContext(String(outputFiles[0]?.text), context);
    expect(JSON.parse(await runInContext(program, context))).toEqual({
      userId: 'u',
      refused: 'VIDEO_NOT_FOUND',
      problems: ['FILE_EMPTY'],
    });
  });
});
