import { fixtures, sendTicket } from '@videostorage/testing';
import type { EmulatedStorage } from './emulated-storage.ts';

/** The result of a playback. */
export interface Played {
  /** The video's id. */
  readonly videoId: string;
  /** HTTP status of the playback URL with its signature. */
  readonly status: number;
  /** HTTP status of the same URL without its signature. */
  readonly statusUnsigned: number;
  /** Body of the answer: the file on S3, the player's page on Stream. */
  readonly bytes: Uint8Array;
}

/** A student uploads a video, the host app confirms it, a teacher plays it. */
export async function uploadAndPlay({ storage, finishProcessing }: EmulatedStorage): Promise<Played> {
  const bytes = await fixtures.moovFirst.read();
  const student = { userId: 'student-7' };
  const ticket = await storage.getUploadUrl({
    ...student,
    fileName: 'film.mp4',
    sizeBytes: bytes.length,
    mimeType: 'video/mp4',
  });
  await sendTicket(ticket, bytes, 'video/mp4');
  await finishProcessing();
  const { videoId } = await storage.confirmUpload(ticket.uploadReference, student);

  const { url } = await storage.getPlaybackUrl(videoId, { viewer: { userId: 'teacher-1', role: 'teacher' } });
  const played = await fetch(url);
  return {
    videoId,
    status: played.status,
    statusUnsigned: (await fetch(withoutSignature(url, videoId))).status,
    bytes: new Uint8Array(await played.arrayBuffer()),
  };
}

/** CloudFront's signature is in the query; Stream's token takes the place of the id in the path. */
function withoutSignature(url: string, videoId: string): string {
  const { origin, pathname, search } = new URL(url);
  if (search.includes('Signature=')) return `${origin}${pathname}`;
  const [, , ...rest] = pathname.split('/');
  return `${origin}/${[videoId, ...rest].join('/')}`;
}
