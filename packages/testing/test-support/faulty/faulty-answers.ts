import {
  BackendError,
  ContentMismatchError,
  ContentUnverifiableError,
  NotUploadedError,
  type UploadRequest,
  ValidationError,
  type VideoMetadata,
  type VideoStorage,
} from '@videostorage/core';
import {
  type FaultySubject,
  isCode,
  later,
  overridden,
  withCalls,
  withMetadata,
  withMultipart,
  withPlayback,
  withSweep,
} from './faulty-subject.ts';

/** Mistakes in the use of requests and options, and in answers and refusals. */
export const faultyAnswers: readonly FaultySubject[] = [
  {
    fault: 'ids and names are kept as they were typed',
    noticedBy: ['answers/canonical'],
    spoil: (subject) =>
      withMetadata(subject, ({ fileName = '', ...video }) => ({ ...video, fileName: fileName.normalize('NFD') })),
  },
  {
    fault: 'a user is compared as they were typed',
    noticedBy: ['answers/canonical'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) =>
          storage.confirmUpload(reference, {
            ...options,
            userId: options.userId === options.userId.normalize('NFC') ? options.userId : 'another',
          }),
      })),
  },
  {
    fault: 'a type that the browser does not know is refused',
    noticedBy: ['answers/type'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) =>
          storage.getUploadUrl({ ...request, mimeType: request.mimeType || 'text/plain' }, options),
      })),
  },
  {
    fault: 'every video is an MP4',
    noticedBy: ['answers/webm'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, mimeType: 'video/mp4' })),
  },
  {
    fault: 'strings of the host app are trimmed',
    noticedBy: ['answers/custom'],
    spoil: (subject) =>
      withMetadata(subject, ({ custom = {}, ...video }) => ({
        ...video,
        custom: Object.fromEntries(Object.entries(custom).map(([name, text]) => [name, text.trim()])),
      })),
  },
  {
    fault: 'the time of the confirm is that of the arrival',
    noticedBy: ['answers/times'],
    spoil: (subject) => {
      let confirmedAt = '';
      const confirmed = (video: VideoMetadata) => {
        confirmedAt ||= new Date(subject.clock.now()).toISOString();
        return { ...video, uploadedAt: confirmedAt };
      };
      return withMetadata(subject, confirmed);
    },
  },
  {
    fault: 'each answer has a new time',
    noticedBy: ['answers/times'],
    spoil: (subject) =>
      withMetadata(subject, (video) => ({ ...video, createdAt: new Date(subject.clock.now()).toISOString() })),
  },
  {
    fault: 'the upload id is written into the request',
    noticedBy: ['answers/arguments'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request: UploadRequest, options) => {
          const isWritten = Reflect.set(request, 'uploadId', '0'.repeat(32));
          if (!isWritten) throw new BackendError('BACKEND_REFUSED', 'The request cannot be written to.');
          return storage.getUploadUrl(request, options);
        },
      })),
  },
  {
    fault: 'answers are shared',
    noticedBy: ['answers/own'],
    spoil: (subject) => {
      const kept = new Map<string, VideoMetadata>();
      return withMetadata(subject, (video) => {
        const one = kept.get(video.videoId + video.status) ?? video;
        kept.set(video.videoId + video.status, one);
        return one;
      });
    },
  },
  {
    fault: 'metadata shows where the video is stored',
    noticedBy: ['round-trip/metadata', 'round-trip/each-step'],
    spoil: (subject) => withMetadata(subject, (video) => Object.assign(video, { key: `videos/${video.videoId}` })),
  },
  {
    fault: 'a ready video has `progress`',
    noticedBy: ['round-trip/metadata'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, progress: 1 })),
  },
  {
    fault: 'the type keeps its parameters',
    noticedBy: ['round-trip/metadata'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, mimeType: 'video/mp4; codecs="avc1"' })),
  },
  {
    fault: 'a video arrived before it was created',
    noticedBy: ['round-trip/metadata'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, uploadedAt: later(video.createdAt, -2000) })),
  },
  {
    fault: 'an empty file counts as one byte',
    noticedBy: ['validation/bounds'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: ({ sizeBytes, ...request }, options) =>
          storage.getUploadUrl({ ...request, sizeBytes: sizeBytes === 0 ? 1 : sizeBytes }, options),
      })),
  },
  {
    fault: 'an upload is created before its request is checked',
    noticedBy: ['validation/bounds'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          await storage.getUploadUrl({ userId: 'x', fileName: 'x.mp4', mimeType: 'video/mp4', sizeBytes: 1 }, options);
          return storage.getUploadUrl(request, options);
        },
      })),
  },
  {
    fault: 'a deadline of 0 counts as no deadline',
    noticedBy: ['options/deadline'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        videoExists: (videoId, { timeoutMs, ...options } = {}) =>
          storage.videoExists(videoId, { ...options, timeoutMs: timeoutMs === 0 ? undefined : timeoutMs }),
      })),
  },
  {
    fault: 'facets ignore their caller’s abort',
    noticedBy: ['abort-signal/facets'],
    spoil: (subject) => withSweep(subject, (maintenance) => ({ sweep: () => maintenance.sweep() })),
  },
  {
    fault: 'signed parts come in the order of their numbers',
    noticedBy: ['multipart/limits'],
    spoil: (subject) =>
      withMultipart(subject, (multipart) => ({
        signParts: async (reference, numbers, options) =>
          (await multipart.signParts(reference, numbers, options)).toSorted(
            (one, other) => one.partNumber - other.partNumber,
          ),
      })),
  },
  {
    fault: 'a refusal names the reference',
    noticedBy: ['secrets/refusals'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            throw isCode(error, 'NOT_UPLOADED') ? Object.assign(new NotUploadedError(), { reference }) : error;
          }),
      })),
  },
  {
    fault: '`acceptUnverified` accepts whatever has arrived',
    noticedBy: ['mismatch/accept-unverified'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            if (options.acceptUnverified !== true || !(error instanceof ContentMismatchError)) throw error;
            const createdAt = new Date(subject.clock.now()).toISOString();
            return { videoId: 'x', backendName: 'memory', status: 'ready', playable: true, createdAt } as const;
          }),
      })),
  },
  {
    fault: 'with `acceptUnverified` a missing upload is reported as unverifiable',
    noticedBy: ['mismatch/accept-unverified'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            if (options.acceptUnverified === true)
              throw new ContentUnverifiableError('The content could not be determined.');
            throw error;
          }),
      })),
  },
  {
    fault: 'a video is listed only when it is ready',
    noticedBy: ['list/processing'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => {
          const page = await storage.listVideos(options);
          return { ...page, videos: page.videos.filter(({ status }) => status === 'ready') };
        },
      })),
  },
  {
    fault: 'a last page that is not full has a cursor to an empty one',
    noticedBy: ['list/agrees'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => {
          const page = await storage.listVideos(options);
          return page.videos.length === 0 ? page : { cursor: 'before-0', ...page };
        },
      })),
  },
  {
    fault: 'every grant may save the file',
    noticedBy: ['playback/download'],
    spoil: (subject) => withPlayback(subject, (playback) => ({ ...playback, downloadUrl: playback.url })),
  },
  {
    fault: 'the name to save the file under is ignored',
    noticedBy: ['playback/download'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, { downloadName: _forgotten, ...options } = {}) =>
          storage.getPlaybackUrl(videoId, options),
      })),
  },
  {
    fault: 'a grant ends a second too late',
    noticedBy: ['playback/expired'],
    spoil: (subject) =>
      withPlayback(subject, (playback) => ({ ...playback, expiresAt: later(playback.expiresAt, -1000) })),
  },
  {
    fault: 'the lifetime of a grant begins at its `notBefore`',
    noticedBy: ['playback/not-before'],
    spoil: (subject) =>
      withPlayback(subject, (playback, _videoId, { notBefore }) =>
        notBefore === undefined ? playback : { ...playback, expiresAt: later(notBefore, 3_600_000) },
      ),
  },
  {
    fault: 'the viewer of a grant is not checked',
    noticedBy: ['playback/options'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, options = {}) =>
          options.viewer === undefined || videoId !== 'a-video'
            ? storage.getPlaybackUrl(videoId, options)
            : storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`, { ...options, viewer: undefined }),
      })),
  },
  {
    fault: 'an item of an estimate is not its quantity times its price',
    noticedBy: ['cost/sums'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        estimateCost: (usage) => ({
          ...storage.estimateCost(usage),
          ...{ monthlyUsd: 5, items: [{ name: 'Views', quantity: 1, unit: 'view', unitPriceUsd: 1, amountUsd: 5 }] },
        }),
      })),
  },
  {
    fault: 'a webhook is verified over its parsed JSON',
    noticedBy: ['webhooks/tampered'],
    spoil: (subject) =>
      withWebhooks(subject, (webhooks) => ({
        parse: ({ rawBody, headers }) =>
          webhooks.parse({ headers, rawBody: new TextEncoder().encode(new TextDecoder().decode(rawBody).trim()) }),
      })),
  },
  {
    fault: 'all webhooks have one key',
    noticedBy: ['webhooks/genuine'],
    spoil: (subject) =>
      withWebhooks(subject, (webhooks) => ({
        parse: async (request) => (await webhooks.parse(request)).map((event) => ({ ...event, eventKey: 'event' })),
      })),
  },
  {
    fault: 'a value out of bounds is not named',
    noticedBy: ['validation/bounds'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) =>
          storage.getUploadUrl(request, options).catch((error: unknown) => {
            if (!isCode(error, 'VALIDATION_FAILED')) throw error;
            throw new ValidationError([{ path: 'request', code: 'RULE', message: 'The value is wrong.' }]);
          }),
      })),
  },
];

/** A storage whose facet for webhooks answers differently. */
function withWebhooks(
  subject: Parameters<typeof withCalls>[0],
  change: (webhooks: NonNullable<VideoStorage['webhooks']>) => NonNullable<VideoStorage['webhooks']>,
): ReturnType<typeof withCalls> {
  const webhooks = overridden<NonNullable<VideoStorage['webhooks']>>(
    subject.storage.webhooks,
    change(subject.storage.webhooks),
  );
  return { ...subject, storage: overridden<VideoStorage>(subject.storage, { webhooks }) };
}
