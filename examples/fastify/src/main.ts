import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { createVideoRoutes } from '@videostorage/http';
import { videoRoutes } from '@videostorage/http/fastify';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import fastify from 'fastify';

const port = Number(process.env['PORT'] ?? 3000);
const secret = process.env['VIDEO_SECRET'] ?? ''; // 32 bytes or more; not set: a ConfigurationError
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
// Your session decides who asks; here everybody is the same student.
const routes = createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
service.startMaintenance();

const app = fastify({ requestTimeout: 0 }); // an upload may take longer than a page
app.register(videoRoutes, { routes });
app.register(fastifyStatic, { root: resolve('dist') }); // the page, as `npm run page` bundles it
await app.listen({ port });
console.log(`http://localhost:${port}/`);
