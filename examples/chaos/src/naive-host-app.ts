import type { FailingProvider } from './failing-provider.ts';
import type { HostApp } from './host-app.ts';
import type { ChosenFile } from './visitor.ts';

const userId = 'student-7';

/** A host app that asks the storage first, and writes its record when the browser confirms. */
export function naiveHostApp({ storage }: FailingProvider, file: ChosenFile): HostApp {
  const videoIds = new Set<string>();
  return {
    getUploadUrl: (key) => storage.getUploadUrl({ ...file, fileName: `${key}.mp4`, userId }),
    confirmUpload: async (uploadReference) => {
      const { videoId } = await storage.confirmUpload(uploadReference, { userId });
      videoIds.add(videoId);
    },
    sweep: async () => {},
    knownVideoIds: async () => [...videoIds],
  };
}
