import { serve } from '@hono/node-server';
import { createVideoRoutes } from '@videostorage/http';
import { toHonoMiddleware } from '@videostorage/http/hono';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import { Hono } from 'hono';

const port = Number(process.env['PORT'] ?? 3000);
const secret = process.env['VIDEO_SECRET'] ?? ''; // 32 bytes or more; if it is not set, this throws a ConfigurationError
const service = new VideoService({
  storages: [
    new LocalStorage({
      folder: process.env['VIDEO_FOLDER'] ?? 'videos',
      baseUrl: `http://localhost:${port}/api/video/media`,
      referenceSecrets: [secret],
    }),
  ],
  records: new MemoryVideoRecords(),
  events: new MemoryEventLog({ secrets: [secret] }),
  authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
});
// Take the user from your session; here everybody is the same student.
const routes = createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
service.startMaintenance();

const app = new Hono();
app.use(toHonoMiddleware(routes));
app.get('/', (context) => context.text('Your own pages.'));
const serverOptions = { requestTimeout: 0 }; // an upload may take longer than Node's five minutes
const hostname = 'localhost'; // only for this computer, since everybody is the same student
serve({ fetch: app.fetch, port, hostname, serverOptions }, () =>
  console.log(`http://localhost:${port}/api/video/health`),
);
