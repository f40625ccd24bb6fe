import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { createVideoRoutes } from '@videostorage/http';
import { toHonoMiddleware } from '@videostorage/http/hono';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import { Hono } from 'hono';

const { PORT: port = '3000', VIDEO_FOLDER: folder = 'videos', VIDEO_SECRET: secret = '' } = process.env;
const origin = `http://localhost:${port}`;
// The secret has 32 bytes or more; where it is not set, this is a ConfigurationError.
const service = new VideoService({
  storages: [new LocalStorage({ folder, baseUrl: `${origin}/api/video/media`, referenceSecrets: [secret] })],
  records: new MemoryVideoRecords(),
  events: new MemoryEventLog({ secrets: [secret] }),
  authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
});
// Take the user from your session; in this example everybody is the same student.
const routes = createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
service.startMaintenance();

// The routes, and the page as `npm run page` bundles it.
const { fetch } = new Hono().use(toHonoMiddleware(routes)).use(serveStatic({ root: 'dist' }));
// Only for this computer, since everybody is the same student. An upload may take longer than Node's five minutes.
serve({ fetch, port: +port, hostname: 'localhost', serverOptions: { requestTimeout: 0 } }, () => console.log(origin));
