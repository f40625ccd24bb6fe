// What a ticket, a thousand part URLs and the import cost: `npm run proof -- upload-figures`. A plain program, since calls
// between modules are slower in a bench runner.
import { execFile } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as aws from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { RateLimiter, Validator } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import { S3CloudFrontStorage } from '../src/s3-cloudfront-storage.ts';
import { medians, repeat } from './medians.ts';

const MEBIBYTE = 1024 * 1024;
const PART_COUNT = 1000;
const region = 'us-east-1';
const user = { userId: 'student-1' };
const film = { ...user, contextId: 'lesson-1', fileName: 'film.mp4', sizeBytes: 12_345_678, mimeType: 'video/mp4' };
const common = {
  bucket: 'videos',
  region,
  referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
  rateLimiter: new RateLimiter({ upload: [], playback: [] }),
};

const figures = { ...(await ticketFigures()), ...(await partFigures()), ...(await importFigures()) };
for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value.toFixed(2)}`);

/**
 * What a ticket costs, and what its necessary parts cost: the check whether its id was used, a form, and one HMAC of Web Crypto
 * for its reference.
 */
async function ticketFigures(): Promise<Readonly<Record<string, number>>> {
  const s3 = await S3Emulator.start();
  const { endpoint, bucket: Bucket, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const storage = new S3CloudFrontStorage({ ...common, bucket: Bucket, endpoint, credentials });
  const client = new aws.S3Client({
    ...{ endpoint, region, credentials, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' },
  });
  const form = {
    Bucket,
    Key: 'videos/0123456789abcdef0123456789abcdef/source.mp4',
    Fields: { 'Content-Type': film.mimeType },
    Conditions: [['content-length-range', 1, 12_345_678] as ['content-length-range', number, number]],
  };
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), hmac, false, ['sign']);
  const message = new Uint8Array(450);
  const look = new aws.GetObjectCommand({ Bucket, Key: 'records/0123456789abcdef0123456789abcdef.json' });
  const bare = async () => {
    await client.send(look).catch((error: unknown) => {
      if (!(error instanceof aws.NoSuchKey)) throw error;
    });
    await createPresignedPost(client, form);
    await crypto.subtle.sign('HMAC', key, message);
  };
  const ours = () => storage.getUploadUrl(film);
  // The first ticket of a process asks the store whether it takes forms.
  await ours();
  const before = s3.requests.length;
  await ours();
  const requests = s3.requests.length - before;
  const [bareUs = 0, oursUs = 0] = await medians([bare, ours].map((work) => () => repeat(work, 300)));
  const twenty = (work: () => Promise<unknown>) => () => Promise.all(Array.from({ length: 20 }, work));
  const [bareAtOnceUs = 0, oursAtOnceUs = 0] = await medians(
    [bare, ours].map((work) => () => repeat(twenty(work), 20)),
  );
  client.destroy();
  await s3.stop();
  return {
    'getUploadUrl, requests': requests,
    'one look, createPresignedPost and one HMAC, microseconds': bareUs,
    'getUploadUrl, microseconds': oursUs,
    'getUploadUrl of one look, createPresignedPost and one HMAC (goal 0.60)': bareUs / oursUs,
    'getUploadUrl of the same, twenty at once': bareAtOnceUs / oursAtOnceUs,
  };
}

/** A thousand part URLs, and how long nothing else of the host could run meanwhile. */
async function partFigures(): Promise<Readonly<Record<string, number>>> {
  const s3 = await S3Emulator.start();
  const { endpoint, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const sizeBytes = PART_COUNT * 5 * MEBIBYTE;
  const validator = new Validator({ maxSizeBytes: sizeBytes });
  const storage = new S3CloudFrontStorage({ ...common, endpoint, credentials, validator, partSizeBytes: 5 * MEBIBYTE });
  const ticket = await storage.getUploadUrl({ ...film, sizeBytes });
  const partCount = ticket.protocol === 'multipart' ? ticket.partCount : 0;
  const numbers = Array.from({ length: partCount }, (_, index) => index + 1);
  const client = new aws.S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const ours = async () => {
    for (let first = 0; first < numbers.length; first += 100) {
      await storage.multipart.signParts(ticket.uploadReference, numbers.slice(first, first + 100), user);
    }
  };
  // The very same parts: names of other lengths would be another amount of work.
  const [first] = await storage.multipart.signParts(ticket.uploadReference, [1], user);
  const { pathname, searchParams } = new URL(first?.url ?? '');
  const [, Bucket = '', ...names] = pathname.split('/');
  const [Key, UploadId] = [names.join('/'), searchParams.get('uploadId') ?? ''];
  const theirs = async () => {
    for (const PartNumber of numbers) {
      const part = { Bucket, Key, UploadId, PartNumber, ContentLength: 5 * MEBIBYTE };
      await getSignedUrl(client, new aws.UploadPartCommand(part), { expiresIn: 3600 });
    }
  };
  const [oursUs = 0, theirsUs = 0] = await medians([ours, theirs].map((work) => () => repeat(work, 1)));
  const [oursStallMs, theirsStallMs] = [await longestStallMs(ours), await longestStallMs(theirs)];
  await s3.stop();
  return {
    'part URLs signed': partCount,
    'part URLs, milliseconds': oursUs / 1000,
    'part URLs by the presigner in a loop, milliseconds': theirsUs / 1000,
    'part URLs of the presigner in a loop': theirsUs / oursUs,
    'longest stall of the event loop, milliseconds': oursStallMs,
    'longest stall with the presigner in a loop, milliseconds': theirsStallMs,
  };
}

/** What a process pays to load the package, and what it would pay with the CloudFront client; as published. */
async function importFigures(): Promise<Readonly<Record<string, number>>> {
  const load = async (...modules: readonly string[]) => {
    const imports = modules.map((name) => `await import(${JSON.stringify(name)});`).join('');
    // Written without the colours that a console may give to a number.
    const program = `const started = performance.now();${imports}process.stdout.write(String(performance.now() - started))`;
    const { NODE_OPTIONS: _conditions, ...env } = process.env;
    const options = { cwd: import.meta.dirname, env };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options);
    return Number(stdout);
  };
  const [withoutMs = 0, withMs = 0] = await medians([
    () => load('@videostorage/s3-cloudfront'),
    () => load('@videostorage/s3-cloudfront', '@aws-sdk/client-cloudfront'),
  ]);
  return {
    'import of the package, milliseconds': withoutMs,
    'import with the CloudFront client, milliseconds': withMs,
  };
}

/** The longest time between two turns of the event loop while the work is done; median of several rounds. */
async function longestStallMs(work: () => Promise<void>): Promise<number> {
  const [stallMs = 0] = await medians([
    async () => {
      let working = true;
      let longestMs = 0;
      const watch = async () => {
        let last = performance.now();
        while (working) {
          await turn();
          const now = performance.now();
          longestMs = Math.max(longestMs, now - last);
          last = now;
        }
      };
      const watched = watch();
      await turn();
      await work();
      await turn();
      working = false;
      await watched;
      return longestMs;
    },
  ]);
  return stallMs;
}
