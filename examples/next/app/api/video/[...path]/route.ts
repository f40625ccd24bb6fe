import { createVideoRoutes } from '@videostorage/http';
import { toNextHandlers } from '@videostorage/http/next';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';

function routes() {
  const { PORT: port = '3000', VIDEO_FOLDER: folder = 'videos', VIDEO_SECRET: secret = '' } = process.env;
  const baseUrl = `http://localhost:${port}/api/video/media`;
  // The secret has 32 bytes or more; where it is not set, this is a ConfigurationError.
  const service = new VideoService({
    storages: [new LocalStorage({ folder, baseUrl, referenceSecrets: [secret] })],
    records: new MemoryVideoRecords(),
    events: new MemoryEventLog({ secrets: [secret] }),
    authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
  });
  service.startMaintenance();
  // Take the user from your session; in this example everybody is the same student.
  return createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
}

// A function, since `next build` loads this file too: it is called with the first request.
export const { GET, HEAD, POST, PATCH, DELETE, OPTIONS } = toNextHandlers(routes);
