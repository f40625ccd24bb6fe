import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { createVideoRoutes } from '@videostorage/http';
import { videoRoutes } from '@videostorage/http/fastify';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import fastify from 'fastify';

const { PORT: port = '3000', VIDEO_SECRET: secret = '', VIDEO_BUCKET: bucket = '' } = process.env;
const { AWS_REGION: region = '', CDN_URL: baseUrl = '', CDN_ID: distributionId = '' } = process.env;
const { CDN_KEY_ID: keyPairId = '', CDN_KEY: privateKey = '' } = process.env;
// A variable that is not set causes a ConfigurationError. The SDK finds the credentials of S3 itself.
const cloudFront = { baseUrl, distributionId, keyPairs: [{ keyPairId, privateKey }] };
const service = new VideoService({
  storages: [new S3CloudFrontStorage({ bucket, region, cloudFront, referenceSecrets: [secret] })],
  records: new MemoryVideoRecords(),
  events: new MemoryEventLog({ secrets: [secret] }),
  authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
});
// Take the user from your session; in this example everybody is the same student.
const routes = createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
service.startMaintenance();

const app = fastify();
app.register(videoRoutes, { routes });
app.register(fastifyStatic, { root: resolve('dist') }); // the page, as `npm run page` bundles it
console.log(await app.listen({ port: Number(port) }));
