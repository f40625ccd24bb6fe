import { BackendError } from '@videostorage/core';

/** A module that is loaded when it is needed. A failure is temporary: the network is away, and the page's server comes back. */
export async function loadModule<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new BackendError('BACKEND_UNAVAILABLE', 'A part of this page could not be loaded.', { cause });
  }
}
