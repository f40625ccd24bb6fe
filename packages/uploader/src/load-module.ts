import { BackendError } from '@videostorage/core';

/** Loads a module on demand. A failure is retryable: the browser is offline, or the page's server is restarting. */
export async function loadModule<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new BackendError('BACKEND_UNAVAILABLE', 'A part of this page could not be loaded.', { cause });
  }
}
