import { deepEqual, ok } from 'node:assert/strict';
import type { RangeReader } from '@videostorage/media';
import type { CreatedUpload, DeclaredUpload, NewUpload, Source } from '../object-store.ts';
import type { ObjectStoreSubject } from './object-store-subject.ts';
import { bytesOf, idOf } from './sample-values.ts';

const { signal } = new AbortController();

/** An upload that was created. */
export interface BegunUpload {
  /** The arguments of its creation. */
  readonly upload: NewUpload;
  /** The ticket that the dialect created. */
  readonly created: CreatedUpload;
  /** The upload in the form of a confirm. */
  readonly declared: DeclaredUpload;
}

/** An upload whose bytes have arrived and were taken. */
export interface ArrivedUpload extends BegunUpload {
  /** What was sent. */
  readonly bytes: Uint8Array;
  /** What was taken. */
  readonly source: Source;
}

/** Creates an upload. */
export async function begin({ store }: ObjectStoreSubject, sizeBytes: number, number = 1): Promise<BegunUpload> {
  const uploadId = idOf(number);
  // Whole seconds, in which some signatures count; each protocol has another end.
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const hours = { post: 1, tus: 2, multipart: 3 };
  const upload: NewUpload = {
    ...{ uploadId, videoId: `${uploadId}-mp4`, userId: 'student-1', sizeBytes, mimeType: 'video/mp4' },
    expiresAtMs: (protocol) => nowMs + hours[protocol] * 3_600_000,
  };
  const created = await store.createUpload(upload, signal);
  const { state } = created;
  const { videoId, mimeType } = upload;
  const declared = { uploadId, videoId, sizeBytes, mimeType, ...(state !== undefined && { state }) };
  return { upload, created, declared };
}

/** Creates an upload, sends it and takes its source. */
export async function arrive(subject: ObjectStoreSubject, sizeBytes: number, number = 1): Promise<ArrivedUpload> {
  const begun = await begin(subject, sizeBytes, number);
  const bytes = bytesOf(sizeBytes, number);
  await subject.send(begun.upload, begun.created, bytes);
  const source = await subject.store.takeSource(begun.declared, idOf(20 + number), signal);
  ok(source !== undefined, 'what has arrived is a source');
  return { ...begun, bytes, source };
}

/** The whole content, read as two ranges. */
export async function contentOf(reader: RangeReader | undefined): Promise<Uint8Array | undefined> {
  if (reader === undefined) return undefined;
  const { sizeBytes } = reader;
  const middle = Math.floor(sizeBytes / 2);
  const halves = await Promise.all([reader.read(0, middle, signal), reader.read(middle, sizeBytes, signal)]);
  deepEqual(
    halves.map(({ length }) => length),
    [middle, sizeBytes - middle],
    'a range must have the requested bytes',
  );
  const content = new Uint8Array(sizeBytes);
  content.set(halves[0], 0);
  content.set(halves[1], middle);
  return content;
}
