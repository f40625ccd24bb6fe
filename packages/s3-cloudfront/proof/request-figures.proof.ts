// How many requests a confirm and many deletes send to S3, counted on the emulator: `npm run proof -- request-figures`.
import { fixtures } from '@videostorage/testing';
import { fillBucket } from '../test-support/fill-bucket.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

const GIGABYTE = 2 ** 30;
const MEBIBYTE = 2 ** 20;
const user = { userId: 'student-1' };
const figures = { ...(await confirmFigures()), ...(await deleteFigures()), ...(await deleteByPathFigures()) };
for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`);

/** A film of 1 GB in parts: a video at its beginning, and then a box that players skip. */
async function confirmFigures(): Promise<Readonly<Record<string, number>>> {
  const partSizeBytes = 64 * MEBIBYTE;
  const subject = await createEmulatedSubject({ partSizeBytes });
  const { storage, s3 } = subject;
  const video = await fixtures.moovFirst.read();
  const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: GIGABYTE };
  const ticket = await storage.getUploadUrl({ ...user, ...file });
  if (ticket.protocol !== 'multipart') throw new TypeError('An upload in parts was expected.');
  for (let number = 1; number <= ticket.partCount; number++) {
    const [part] = await storage.multipart.signParts(ticket.uploadReference, [number], user);
    if (part === undefined) throw new TypeError('A part was expected.');
    const body = Buffer.alloc(part.sizeBytes);
    if (number === 1) {
      body.set(video);
      body.writeUInt32BE(1, video.length);
      body.write('free', video.length + 4, 'latin1');
      body.writeBigUInt64BE(BigInt(GIGABYTE - video.length), video.length + 8);
    }
    const answer = await fetch(part.url, { method: 'PUT', body });
    if (!answer.ok) throw new Error(`Part ${number} was answered by ${answer.status}.`);
  }
  let bytes = 0;
  const matches = ({
    method,
    headers,
  }: {
    readonly method?: string | undefined;
    readonly headers: { readonly range?: string | undefined };
  }) => {
    const [, first = '0', last = '-1'] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (method === 'GET') bytes += Number(last) - Number(first) + 1;
    return false;
  };
  s3.failNext({ kind: 'status', status: 500 }, { matches });
  const before = s3.requests.length;
  const started = performance.now();
  const confirmed = await storage.confirmUpload(ticket.uploadReference, { ...user, timeoutMs: 120_000 });
  const milliseconds = Math.round(performance.now() - started);
  if (confirmed.status !== 'ready' || confirmed.sizeBytes !== GIGABYTE) throw new Error('The film was not confirmed.');
  const requests = s3.requests.length - before;
  await subject.dispose();
  return {
    'confirm of 1 GiB, requests': requests,
    'confirm of 1 GiB, bytes read of the video': bytes,
    'confirm of 1 GiB, milliseconds on the emulator, which joins the parts': milliseconds,
  };
}

/** A thousand videos, by cache tag: all of them in one purge. */
async function deleteFigures(): Promise<Readonly<Record<string, number>>> {
  const count = 1000;
  const subject = await createEmulatedSubject({}, {}, { invalidateBy: 'cache-tag' });
  const videoIds = await fillBucket(subject, count);
  const requestsOfCall = async () => {
    const before = subject.s3.requests.length;
    const { purged } = await subject.storage.deleteVideos(videoIds, { timeoutMs: 300_000 });
    return { purged, requests: subject.s3.requests.length - before };
  };
  const first = await requestsOfCall();
  const pending = await requestsOfCall();
  subject.clock.advance(600_000);
  const finishing = await requestsOfCall();
  const done = await requestsOfCall();
  if (first.purged || pending.purged || !finishing.purged || !done.purged)
    throw new Error('`purged` does not match the state of the edges.');
  await subject.dispose();
  return {
    'deleteVideos of 1 000, requests a video, first call (goal 3)': first.requests / count,
    'deleteVideos of 1 000, requests a video, while the edges purge': pending.requests / count,
    'deleteVideos of 1 000, requests a video, once they have': finishing.requests / count,
    'deleteVideos of 1 000, requests a video, when all is done': done.requests / count,
  };
}

/** A thousand videos by path, of which the edges take 15 at a time, until all are purged. */
async function deleteByPathFigures(): Promise<Readonly<Record<string, number>>> {
  const count = 1000;
  const subject = await createEmulatedSubject({}, {}, { invalidateBy: 'path' });
  const videoIds = await fillBucket(subject, count);
  const before = subject.s3.requests.length;
  let calls = 0;
  for (let isPurged = false; !isPurged; calls++) {
    ({ purged: isPurged } = await subject.storage.deleteVideos(videoIds, { timeoutMs: 300_000 }));
    subject.clock.advance(600_000);
  }
  const requests = subject.s3.requests.length - before;
  await subject.dispose();
  return {
    'deleteVideos of 1 000 by path, calls until all is done': calls,
    'deleteVideos of 1 000 by path, requests a video until all is done': requests / count,
  };
}
