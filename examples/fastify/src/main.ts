import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { createVideoRoutes } from '@videostorage/http';
import { videoRoutes } from '@videostorage/http/fastify';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import fastify from 'fastify';

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

const app = fastify({ requestTimeout: 0 }); // an upload may take longer than a page
app.register(videoRoutes, { routes });
app.register(fastifyStatic, { root: resolve('dist') }); // the page, as `npm run page` bundles it
await app.listen({ port: Number(port) });
console.log(origin);
