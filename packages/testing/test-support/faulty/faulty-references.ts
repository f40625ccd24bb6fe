import { BackendError, UploadExpiredError, type VideoStorage, WebhookRefusedError } from '@videostorage/core';
import { asOwner, type FaultySubject, later, overridden, withCalls } from './faulty-subject.ts';

/** Mistakes in verifying: references, secrets, webhooks. */
export const faultyReferences: readonly FaultySubject[] = [
  {
    fault: 'abort refuses a reference that has expired',
    noticedBy: ['references/expired'],
    spoil: (subject) => {
      const startMs = subject.clock.now();
      return withCalls(subject, (storage) => ({
        abortUpload: (reference, options) =>
          subject.clock.now() - startMs > 24 * 3_600_000
            ? Promise.reject(new UploadExpiredError())
            : storage.abortUpload(reference, options),
      }));
    },
  },
  {
    fault: 'a reference is valid two days longer than its ticket',
    noticedBy: ['references/expired'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) => {
          subject.clock.advance(-24 * 3_600_000);
          return storage.confirmUpload(reference, options).finally(() => subject.clock.advance(24 * 3_600_000));
        },
      })),
  },
  {
    fault: 'the user of a reference is not compared',
    noticedBy: ['references/foreign-user', 'references/no-user'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) => storage.confirmUpload(reference, asOwner(options)),
        abortUpload: (reference, options) => storage.abortUpload(reference, asOwner(options)),
      })),
  },
  {
    fault: 'a reference is recognised by its length alone',
    noticedBy: ['references/forged', 'references/rewritten'],
    spoil: (subject) => {
      const issued: string[] = [];
      const recognise = (given: unknown) =>
        issued.find((reference) => typeof given === 'string' && Math.abs(reference.length - given.length) < 200) ??
        String(given);
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          issued.push(ticket.uploadReference);
          return ticket;
        },
        confirmUpload: (reference, options) => storage.confirmUpload(recognise(reference), asOwner(options)),
        abortUpload: (reference, options) => storage.abortUpload(recognise(reference), asOwner(options)),
      }));
    },
  },
  {
    fault: 'one reference is valid for every upload of a user',
    noticedBy: ['references/own-upload', 'round-trip/own-video'],
    spoil: (subject) => {
      let first: string | undefined;
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          first ??= ticket.uploadReference;
          return { ...ticket, uploadReference: first };
        },
      }));
    },
  },
  {
    fault: 'bytes are accepted after the end of the ticket',
    noticedBy: ['references/late-sending'],
    spoil: (subject) => ({
      ...subject,
      send: async (ticket, bytes, mimeType) => {
        const lateMs = subject.clock.now() - Date.parse(ticket.expiresAt);
        if (lateMs >= 0) return;
        await subject.send?.(ticket, bytes, mimeType);
      },
    }),
  },
  {
    fault: 'a reference ends twelve hours after its ticket',
    noticedBy: ['references/late-confirm'],
    spoil: (subject) => {
      const ends = new Map<string, string>();
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          ends.set(ticket.uploadReference, later(ticket.expiresAt, 12 * 3_600_000));
          return ticket;
        },
        confirmUpload: (reference, options) =>
          subject.clock.now() > Date.parse(ends.get(reference) ?? later('2100-01-01T00:00:00.000Z', 0))
            ? Promise.reject(new UploadExpiredError())
            : storage.confirmUpload(reference, options),
      }));
    },
  },
  {
    fault: 'errors and metadata show the upload reference',
    noticedBy: ['secrets/errors', 'secrets/answers'],
    spoil: (subject) => {
      let reference = '';
      const shown = overridden<VideoStorage>(subject.storage, {
        getUploadUrl: async (request, options) => {
          const ticket = await subject.storage.getUploadUrl(request, options);
          reference = ticket.uploadReference;
          return ticket;
        },
        listVideos: async (options) => {
          const page = await subject.storage.listVideos(options).catch((error: unknown) => {
            throw Object.assign(new BackendError('BACKEND_UNAVAILABLE', 'Failed.'), { reference, cause: error });
          });
          return { ...page, videos: page.videos.map((video) => ({ ...video, revision: reference })) };
        },
      });
      return { ...subject, storage: shown };
    },
  },
  {
    fault: 'webhooks that are a minute late are refused',
    noticedBy: ['webhooks/in-time'],
    spoil: (subject) => {
      let sentMs = 0;
      return {
        ...subject,
        notify: async (videoId) => {
          sentMs = subject.clock.now();
          return subject.storage.webhooks.deliver(videoId);
        },
        storage: overridden<VideoStorage>(subject.storage, {
          webhooks: {
            parse: async (request) => {
              if (Math.abs(subject.clock.now() - sentMs) > 60_000)
                throw new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID');
              return subject.storage.webhooks.parse(request);
            },
          },
        }),
      };
    },
  },
  {
    fault: 'webhooks are accepted without verification',
    noticedBy: [
      ...['webhooks/unsigned', 'webhooks/tampered', 'webhooks/redated', 'webhooks/early', 'webhooks/old'],
      'webhooks/genuine',
    ],
    spoil: (subject) => ({
      ...subject,
      storage: overridden<VideoStorage>(subject.storage, {
        webhooks: { parse: async () => [{ eventKey: crypto.randomUUID(), videoId: 'x' }] },
      }),
    }),
  },
];
