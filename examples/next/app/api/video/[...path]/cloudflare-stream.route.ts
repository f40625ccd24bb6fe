import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { createVideoRoutes } from '@videostorage/http';
import { toNextHandlers } from '@videostorage/http/next';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';

function routes() {
  const { VIDEO_SECRET: secret = '', CLOUDFLARE_ACCOUNT_ID: accountId = '' } = process.env;
  const { CLOUDFLARE_API_TOKEN: apiToken = '', STREAM_KEY_ID: id = '', STREAM_KEY_JWK: jwk = '' } = process.env;
  // A variable that is not set causes a ConfigurationError.
  const service = new VideoService({
    storages: [
      new CloudflareStreamStorage({ accountId, apiToken, signingKeys: [{ id, jwk }], referenceSecrets: [secret] }),
    ],
    records: new MemoryVideoRecords(),
    events: new MemoryEventLog({ secrets: [secret] }),
    authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
  });
  service.startMaintenance();
  // Take the user from your session; in this example everybody is the same student.
  return createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
}

export const { GET, HEAD, POST, PATCH, DELETE, OPTIONS } = toNextHandlers(routes);
