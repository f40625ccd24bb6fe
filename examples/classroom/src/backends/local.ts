import { join } from 'node:path';
import { LocalStorage } from '@videostorage/local';
import type { Backend, BackendSettings } from './backend.ts';

/** Videos in a local folder, served by the classroom itself below `/media`. */
export async function localBackend(settings: BackendSettings): Promise<Backend> {
  const { folder, publicUrl, referenceSecret, validator, rateLimiter } = settings;
  const storage = new LocalStorage({
    folder: join(folder, 'videos'),
    baseUrl: `${publicUrl}/media`,
    referenceSecrets: [referenceSecret],
    validator,
    rateLimiter,
  });
  return {
    storage,
    storedAt: 'Videos are kept in a folder on this computer.',
    browserOrigins: [],
    scriptOrigins: [],
    isEmulated: false,
    close: async () => {},
  };
}
