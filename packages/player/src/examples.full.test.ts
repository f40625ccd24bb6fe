import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { CloudFrontEmulator, S3Emulator } from '@videostorage/emulators';
import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, expect, test, vi } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const SECRET = 'canary-of-the-example-hosts-0123456789abcdef';
const KEY_ID = 'K2JCJMDEHXQW5F';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0).reverse()) await close();
});

/** Both services on this computer, and the variables by which a host app finds them: the SDK reads the addresses by itself. */
async function emulatedAmazon(): Promise<Record<string, string>> {
  const s3 = await S3Emulator.start();
  closing.push(() => s3.stop());
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const cloudFront = await CloudFrontEmulator.start({
    origin: { endpoint, region, bucket, accessKeyId, secretAccessKey, readablePrefix: 'videos/' },
    publicKeys: { [KEY_ID]: publicKey },
    errorCachingMinTtlSeconds: 0,
  });
  closing.push(() => cloudFront.stop());
  return {
    ...{ VIDEO_BUCKET: bucket, AWS_REGION: region, AWS_ENDPOINT_URL_S3: endpoint },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    ...{ CDN_URL: cloudFront.endpoint, CDN_ID: cloudFront.distributionId, CDN_KEY_ID: KEY_ID, CDN_KEY: privateKey },
    AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.endpoint,
  };
}

/** Starts the program, and waits for the line that says where it is. */
async function start(example: string, program: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@videostorage/source', program], {
    cwd: `${EXAMPLES}/${example}`,
    env: { ...process.env, ...environment, PORT: '0', VIDEO_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  closing.push(() => {
    child.kill();
    return ended;
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    child.once('exit', (code) => reject(new Error(`The example ended with ${code}: ${said}`)));
    child.stdout?.setEncoding('utf8').once('data', (line: string) => resolve(line.trim()));
  });
}

test('the host app on Fastify takes a video into S3, and plays it through CloudFront', async () => {
  const origin = await start('fastify', 'src/s3.ts', await emulatedAmazon());
  const post = async (path: string, body: object) => {
    const headers = { Origin: origin, 'Content-Type': 'application/json' };
    const answer = await fetch(`${origin}/api/video${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
    return answer.json();
  };
  const { fileName, mimeType } = fixtures.moovFirst;
  const film = await fixtures.moovFirst.read();
  const ticket = await post('/uploads', { fileName, mimeType, sizeBytes: film.length });
  await sendTicket(ticket, film, mimeType);
  const video = await post(`/uploads/${ticket.uploadReference}/confirm`, {});
  expect(video).toMatchObject({ status: 'ready', sizeBytes: film.length });
  const { url } = await post(`/videos/${video.videoId}/playback`, {});
  expect(await (await fetch(url)).bytes()).toEqual(film);
});

test('the route file of Next with videos in Cloudflare Stream answers with the account’s settings from the environment', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = btoa(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'key1' }));
  vi.stubEnv('VIDEO_SECRET', SECRET);
  vi.stubEnv('CLOUDFLARE_ACCOUNT_ID', '0123456789abcdef0123456789abcdef');
  vi.stubEnv('CLOUDFLARE_API_TOKEN', 'canary-of-an-api-token');
  vi.stubEnv('STREAM_KEY_ID', 'key1');
  vi.stubEnv('STREAM_KEY_JWK', jwk);
  const { GET }: { GET(request: Request): Promise<Response> } = await import(
    `${EXAMPLES}/next/app/api/video/[...path]/cloudflare-stream.route.ts`
  );
  const answer = await GET(new Request(`https://school.example/api/video/videos/${'0'.repeat(32)}`));
  expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'VIDEO_NOT_FOUND' } }]);
});
