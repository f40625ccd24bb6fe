import { Secret } from '@videostorage/core';
import { describeObjectStore } from '@videostorage/object-storage/testing';
import { describe, test } from 'vitest';
import { fileError } from '../test-support/failing-files.ts';
import { SECRET } from '../test-support/requests.ts';
import { startStorage } from '../test-support/running-storage.ts';
import { patch } from '../test-support/sending.ts';
import { Disk } from './disk.ts';
import { DocumentFiles } from './document-files.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import { LocalStore } from './local-store.ts';
import { SignedUrls } from './signed-urls.ts';
import { StoreFolders } from './store-folders.ts';
import { UploadLocks } from './upload-locks.ts';

const refuseLinks = () => Promise.reject(fileError('EPERM', 'link'));
const systems: Readonly<Record<string, Partial<FileFunctions>>> = {
  'a folder': {},
  'a folder without hard links': { link: refuseLinks },
};

for (const [name, fileFunctions] of Object.entries(systems)) {
  describeObjectStore({
    name,
    sizes: [20, 200_000],
    runner: { describe, test },
    create: async () => {
      const running = await startStorage({ fileFunctions });
      const make = () => storeOver(running.folder, running.baseUrl, { ...nodeFileFunctions, ...fileFunctions });
      return {
        store: make(),
        other: make(),
        send: async (_upload, created, bytes) => {
          if (created.protocol !== 'tus') throw new TypeError('It is not a tus ticket.');
          const { status } = await patch(created.url, 0, bytes);
          if (status !== 204) throw new Error(`PATCH answered ${status}.`);
        },
        dispose: () => running.stop(),
      };
    },
  });
}

function storeOver(folder: string, baseUrl: string, files: FileFunctions): LocalStore {
  const folders = new StoreFolders(folder);
  const disk = new Disk(files, { now: () => Date.now() });
  const secrets = [new Secret(SECRET)];
  return new LocalStore({
    ...{ files, disk, folders, secrets, locks: new UploadLocks(folders), urls: new SignedUrls(baseUrl, secrets) },
    documents: new DocumentFiles(files, disk, folders),
  });
}
