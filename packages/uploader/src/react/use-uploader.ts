import { useEffect, useState, useSyncExternalStore } from 'react';
import { type UploaderSnapshot, UploaderStore, type UseUploaderOptions } from './uploader-store.ts';

/**
 * The uploads of a component, for a user interface of your own. Only the options of the first call are used. A queue of the hook's
 * own is closed with the component; one that is passed as `uploader` stays open.
 */
export function useUploader(options: UseUploaderOptions = {}): UploaderSnapshot {
  const [store] = useState(() => new UploaderStore(options));
  useEffect(() => store.open(), [store]);
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}
