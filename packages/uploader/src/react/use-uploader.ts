import { useEffect, useState, useSyncExternalStore } from 'react';
import { type UploaderSnapshot, UploaderStore, type UseUploaderOptions } from './uploader-store.ts';

/**
 * Provides the uploads of a component, for your own user interface. Only the options of the first call are used. A
 * queue that the hook creates is closed with the component; a queue that is passed as `uploader` stays open.
 */
export function useUploader(options: UseUploaderOptions = {}): UploaderSnapshot {
  const [store] = useState(() => new UploaderStore(options));
  useEffect(() => store.open(), [store]);
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}
