import { createVideoRoutes } from '@videostorage/http';
import { toExpressHandler } from '@videostorage/http/express';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import express from 'express';

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

const app = express();
app.use(toExpressHandler(routes)); // in front of express.json(), where you use it
app.use(express.static('dist')); // the page, as `npm run page` bundles it
// Only for this computer, since everybody is the same student. No callback: Express 5 would also call it with the error of a
// port in use, which now ends the process.
const server = app.listen(Number(port), 'localhost').on('listening', () => console.log(origin));
server.requestTimeout = 0; // an upload may take longer than Node's five minutes
