import { BackendError } from '@videostorage/core';
import { MemoryHost, type MemoryHostOptions } from './memory-host.ts';

/** A host whose confirm stopped after the election of a source. */
export async function claimedHost(options: MemoryHostOptions = {}): Promise<MemoryHost> {
  const host = new MemoryHost(options);
  const ticket = await host.sent({ contextId: 'lesson-1', custom: { week: '3' } });
  host.operations.before = (call) => {
    if (call.startsWith('openSource') || call.startsWith('placeSource'))
      throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await host.storage.confirmUpload(ticket.uploadReference, host.user).catch(() => {});
  host.operations.before = () => {};
  host.operations.taken();
  return host;
}
