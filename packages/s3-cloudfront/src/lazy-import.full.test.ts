import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Prints which SDK clients the program has loaded when it gets here. */
const report = `
  {
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(import.meta.url).cache).join(' ');
    const clients = ['client-s3', 'client-cloudfront'].filter((name) => loaded.includes(\`/@aws-sdk/\${name}/\`));
    console.log(JSON.stringify(clients));
  }`;

const storage = `
  import { generateKeyPairSync } from 'node:crypto';
  const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const storage = new S3CloudFrontStorage({
    bucket: 'videos',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    cloudFront: {
      baseUrl: 'https://cdn.example.com',
      endpoint: 'http://127.0.0.1:1',
      distributionId: 'E2QWRUHAPOMQZL',
      keyPairs: [{ keyPairId: 'K2JCJMDEHXQW5F', privateKey }],
    },
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
  });
  const uploadId = '0123456789abcdef0123456789abcdef';
  const film = { userId: 'u', fileName: 'f.mp4', sizeBytes: 1000, mimeType: 'video/mp4', uploadId };
  // No server listens there: the upload fails after the S3 client has been loaded.
  await storage.getUploadUrl(film).catch(() => {});
  await storage.getPlaybackUrl(uploadId + '-mp4');`;

test('uploads and playback do not load the CloudFront client: only an invalidation needs it', async () => {
  const code = `
    import { S3CloudFrontStorage } from './src/index.ts';
    ${storage}${report}
    // It would be seen here if they did.
    await import('@aws-sdk/client-cloudfront');${report}`;
  const options = { cwd: new URL('..', import.meta.url).pathname };
  const args = ['--conditions=@videostorage/source', '--input-type=module', '-e', code];
  const { stdout } = await run(process.execPath, args, options);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([['client-s3'], ['client-s3', 'client-cloudfront']]);
});
