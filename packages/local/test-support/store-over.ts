import { Secret } from '@videostorage/core';
import { Disk } from '../src/disk.ts';
import { DocumentFiles } from '../src/document-files.ts';
import { type FileFunctions, nodeFileFunctions } from '../src/file-functions.ts';
import { LocalStore } from '../src/local-store.ts';
import { SignedUrls } from '../src/signed-urls.ts';
import { StoreFolders } from '../src/store-folders.ts';
import { UploadLocks } from '../src/upload-locks.ts';
import { SECRET } from './requests.ts';

/** The store of a folder, without the storage around it. */
export function storeOver(folder: string, baseUrl: string, files: FileFunctions = nodeFileFunctions): LocalStore {
  const folders = new StoreFolders(folder);
  const disk = new Disk(files, { now: () => Date.now() });
  const secrets = [new Secret(SECRET)];
  return new LocalStore({
    ...{ files, disk, folders, secrets, locks: new UploadLocks(folders), urls: new SignedUrls(baseUrl, secrets) },
    documents: new DocumentFiles(files, disk, folders),
  });
}
