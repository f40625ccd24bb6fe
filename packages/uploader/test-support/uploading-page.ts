import { createHttpTransport, createUploader, type UploadHandle } from '../src/index.ts';

/** The state of the page that a test reads. */
export interface PageState {
  /** Of the last upload. */
  readonly phase: string;
  /** Of the last upload. */
  readonly sentBytes: number;
  /** Message of the failure; empty without one. */
  readonly error: string;
  /** Duration in seconds, as the page's player reports. */
  readonly durationSeconds: number;
  /** Id of the ready video. */
  readonly videoId: string;
  /** How often all bytes were reported as sent while some were not. */
  readonly early: number;
}

const query = new URLSearchParams(location.search);
const uploader = createUploader({
  transport: createHttpTransport('/api/video'),
  maxParts: Number(query.get('parts') ?? 2),
  stallSeconds: Number(query.get('stall') ?? 30),
  guardUnload: query.has('guard'),
});
let upload: UploadHandle | undefined;
let early = 0;

function state(): PageState {
  return {
    phase: upload?.phase ?? 'none',
    sentBytes: upload?.progress.sentBytes ?? 0,
    error: upload?.error?.message ?? '',
    durationSeconds: upload?.media?.durationSeconds ?? 0,
    videoId: upload?.video?.videoId ?? '',
    early,
  };
}

const input = document.querySelector('input');
input?.addEventListener('change', () => {
  const file = input.files?.[0];
  if (file === undefined) return;
  const uploadReference = input.dataset['reference'];
  upload = uploader.upload(file, uploadReference === undefined ? {} : { uploadReference });
  // After the acknowledgement of the last byte the confirm follows at once; a report of all bytes before that was too early.
  let isAll = false;
  upload.subscribe(({ phase, progress }) => {
    if (isAll && phase !== 'confirming') early += 1;
    isAll = ['sending', 'offline', 'paused'].includes(phase) && progress.sentBytes >= progress.totalBytes;
  });
});

Object.assign(globalThis, {
  pageState: state,
  pageResumable: () => uploader.resumable(),
  pagePause: () => upload?.pause(),
  pageResume: () => upload?.resume(),
});
