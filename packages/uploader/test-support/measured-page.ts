import { createHttpTransport, createUploader, type UploadHandle } from '../src/index.ts';

/** Where Uppy sends parts to, and what it signs with. */
interface UppyTarget {
  /** URL of the bucket. */
  readonly s3Endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly partSizeBytes: number;
}

/** What a proof calls in the page; the file is the one that was chosen. Every figure is in milliseconds. */
export interface MeasuredPage {
  /** By the uploader: from the choice to the ready video, and of it the phase `sending` alone. */
  byUploader(contextId: string, maxParts: number): Promise<{ readonly totalMs: number; readonly sendingMs: number }>;
  /** By one bare XMLHttpRequest with a ticket like the uploader's: from `send` to the answer. */
  byXhr(contextId: string, body: 'file' | 'slice'): Promise<number>;
  /** By Uppy with multipart forced: from the file to the completed object. */
  byUppy(target: UppyTarget): Promise<number>;
}

const transport = createHttpTransport('/api/video');

function chosenFile(): File {
  const file = document.querySelector('input')?.files?.[0];
  if (file === undefined) throw new Error('No file was chosen.');
  return file;
}

async function byUploader(contextId: string, maxParts: number) {
  const uploader = createUploader({ transport, maxParts });
  const startedMs = performance.now();
  const upload = uploader.upload(chosenFile(), { contextId });
  const enteredMs = new Map<string, number>();
  upload.subscribe(({ phase }: UploadHandle) => {
    if (!enteredMs.has(phase)) enteredMs.set(phase, performance.now());
  });
  await upload.done;
  const totalMs = performance.now() - startedMs;
  uploader.close();
  return { totalMs, sendingMs: (enteredMs.get('confirming') ?? 0) - (enteredMs.get('sending') ?? 0) };
}

async function byXhr(contextId: string, sent: 'file' | 'slice'): Promise<number> {
  const file = chosenFile();
  const request = { fileName: file.name, sizeBytes: file.size, mimeType: file.type, contextId };
  const ticket = await transport.getUploadUrl(request, { idempotencyKey: crypto.randomUUID() });
  const xhr = new XMLHttpRequest();
  let body: Blob | FormData = sent === 'file' ? file : file.slice();
  if (ticket.protocol === 'tus') {
    xhr.open('PATCH', ticket.url);
    xhr.setRequestHeader('Tus-Resumable', '1.0.0');
    xhr.setRequestHeader('Upload-Offset', '0');
    xhr.setRequestHeader('Content-Type', 'application/offset+octet-stream');
  } else if (ticket.protocol === 'post') {
    xhr.open('POST', ticket.url);
    body = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) body.append(name, value);
    body.append(ticket.fileField, file, file.name);
  } else throw new Error('One request does not send parts.');
  const startedMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const isOver = () =>
      xhr.status >= 200 && xhr.status < 300 ? resolve() : reject(new Error(`Status ${xhr.status}.`));
    xhr.onload = isOver;
    xhr.onerror = isOver;
    xhr.send(body);
  });
  const sentMs = performance.now() - startedMs;
  await transport.abortUpload(ticket.uploadReference, {});
  return sentMs;
}

async function byUppy(target: UppyTarget): Promise<number> {
  const { s3Endpoint, region, accessKeyId, secretAccessKey, partSizeBytes } = target;
  const [{ default: Uppy }, { default: AwsS3 }] = await Promise.all([import('@uppy/core'), import('@uppy/aws-s3')]);
  const credentials = { accessKeyId, secretAccessKey, sessionToken: '', expiration: '2100-01-01T00:00:00Z' };
  const uppy = new Uppy().use(AwsS3, {
    ...{ s3Endpoint, region, shouldUseMultipart: true, limit: 6 },
    getChunkSize: () => partSizeBytes,
    getCredentials: async () => ({ credentials, bucket: '', region }),
  });
  const file = chosenFile();
  uppy.addFile({ name: file.name, type: file.type, data: file });
  const startedMs = performance.now();
  const result = await uppy.upload();
  const totalMs = performance.now() - startedMs;
  const failed = result?.failed?.[0];
  if (failed !== undefined || result?.successful?.length !== 1) throw new Error(`Uppy failed: ${failed?.error}`);
  uppy.destroy();
  return totalMs;
}

const page: MeasuredPage = { byUploader, byXhr, byUppy };
Object.assign(globalThis, { measuredPage: page });
