import type { FailingProvider } from './failing-provider.ts';
import type { HostApp } from './host-app.ts';
import type { ChosenFile } from './visitor.ts';

const userId = 'student-7';

/**
 * A host app that calls the storage first, and writes its record only when the browser confirms, without a compare-and-set,
 * so that each of two simultaneous confirms reports the video.
 */
export function naiveHostApp({ storage }: FailingProvider, file: ChosenFile): HostApp {
  const videoIds = new Map<string, string>();
  const reports = new Map<string, number>();
  return {
    getUploadUrl: (key) => storage.getUploadUrl({ ...file, fileName: `${key}.mp4`, userId }),
    confirmUpload: async (uploadReference) => {
      if (videoIds.has(uploadReference)) return;
      const { videoId } = await storage.confirmUpload(uploadReference, { userId });
      videoIds.set(uploadReference, videoId);
      reports.set(videoId, (reports.get(videoId) ?? 0) + 1);
    },
    sweep: async () => {},
    knownVideoIds: async () => [...videoIds.values()],
    reportedTwice: () => [...reports.values()].filter((times) => times > 1).length,
  };
}
