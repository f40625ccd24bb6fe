import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { nodeFileFunctions } from './file-functions.ts';
import { requireFolder } from './require-folder.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder that exists passes; a missing one is an outage, and any other failure is rethrown', async () => {
  await requireFolder(nodeFileFunctions, folder);
  await expect(requireFolder(nodeFileFunctions, join(folder, 'gone'))).rejects.toMatchObject({
    ...{
      code: 'BACKEND_UNAVAILABLE',
      retryable: true,
      message: 'The folder of the storage does not exist; check that its disk is mounted.',
    },
    cause: { code: 'ENOENT' },
  });
  const denied = new Error('denied');
  const files = { ...nodeFileFunctions, lstat: () => Promise.reject(denied) };
  await expect(requireFolder(files, folder)).rejects.toBe(denied);
});
