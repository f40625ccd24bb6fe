import { once } from 'node:events';
import { inspect } from 'node:util';
import { RateLimiter, RetryHandler, Secret, toTimestamp, UploadReference } from '@videostorage/core';
import { Agent, type Dispatcher } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CloudflareStreamStorage } from '../src/cloudflare-stream-storage.ts';
import { type ApiFault, apiFaults } from './api-faults.ts';
import { type ApiOperation, apiOperations, type UploadIds } from './api-operations.ts';
import { FaultServer, http } from './fault-server.ts';
import { InstantClock } from './instant-clock.ts';
import { makeSigningKey } from './signing-keys.ts';

const DEADLINE_MS = 60_000;
const ATTEMPTS = 4;
const CREATION = /^POST \S*\/stream(?:\/direct_upload|\?direct_user=true|\/copy)$/;
const key = makeSigningKey('a1');
const canaries = {
  apiToken: 'canary-token-0123456789',
  reference: 'canary-of-the-references-0123456789',
  jwk: key.jwk,
};
/** Unassigned, and below those that a server gets which asks for any: a port that was closed may belong to another test. */
const CLOSED_PORT = 4;
const clock = new InstantClock();
let plain: FaultServer;
let untrusted: FaultServer;
let ids: UploadIds;

/** Ends no request by itself, however long it stalls. */
const patient = new Agent().compose(
  (dispatch) => (options, handler) => dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler),
);

function storageFor(operation: ApiOperation, apiOrigin: string, dispatcher?: Dispatcher): CloudflareStreamStorage {
  return new CloudflareStreamStorage({
    ...{ apiOrigin, accountId: '0'.repeat(32), apiToken: canaries.apiToken, referenceSecrets: [canaries.reference] },
    ...(operation.storage !== 'unsigned' && {
      signingKeys: [{ id: key.id, jwk: key.jwk }],
      customerCode: 'f33zs165nr7gyfy4',
    }),
    ...(operation.storage === 'tus' && { basicUploadMaxBytes: 0 }),
    allowCopyFromUrl: true,
    dispatcher,
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0, clock }),
    clock,
  });
}

function originOf(fault: ApiFault): string {
  switch (fault.target) {
    case 'closed-port':
      return `http://127.0.0.1:${CLOSED_PORT}`;
    case 'unknown-host':
      return 'http://nowhere.invalid';
    case 'untrusted':
      return `https://127.0.0.1:${untrusted.port}`;
    case 'plain-as-tls':
      return `https://127.0.0.1:${plain.port}`;
    default:
      return `http://127.0.0.1:${plain.port}`;
  }
}

/** How often the operation itself is sent: the form of Google's conformance tests for Cloud Storage. */
function expectedAttempts(operation: ApiOperation, kind: ApiFault['kind']): number {
  if (kind === 'permanent') return 1;
  return operation.class === 'always' || kind === 'not-sent' ? ATTEMPTS : 1;
}

/** A copy whose outcome cannot be determined must not be begun again, whatever the fault was. */
function expectedOf(operation: ApiOperation, fault: ApiFault): Pick<ApiFault, 'code' | 'kind'> {
  const expected = operation.class === 'create' ? (fault.ofCreation ?? fault) : fault;
  const isUnknownCopy =
    operation.name === 'copyFromUrl.start' && (fault.kind === 'transient' || fault.code === 'TIMEOUT');
  return isUnknownCopy ? { code: 'BACKEND_REFUSED', kind: 'permanent' } : expected;
}

function shown(error: unknown): string {
  const cause = error instanceof Error ? inspect(error.cause, { showHidden: true, depth: 9 }) : '';
  const stack = error instanceof Error ? error.stack : '';
  return [inspect(error, { showHidden: true, depth: 9 }), JSON.stringify(error), cause, stack].join('\n');
}

async function outcomeOf(operation: ApiOperation, apiOrigin: string): Promise<unknown> {
  const work = operation.run(storageFor(operation, apiOrigin), ids, { timeoutMs: DEADLINE_MS });
  return work.then(
    () => 'success',
    (error: unknown) => error,
  );
}

/**
 * Declares tests for every operation of the API: the faults that are chosen for it, a video that the API does not know, an
 * answer without a body, and a caller who aborts.
 */
export function describeApiFaults(isChosen: (operation: ApiOperation, fault: ApiFault) => boolean): void {
  beforeAll(async () => {
    plain = await FaultServer.start();
    untrusted = await FaultServer.startUntrusted();
    const videoId = '6b9e68b07dfee8cc2d116e4c51d6a957';
    const uploadReference = await new UploadReference([new Secret(canaries.reference)], clock).sign({
      ...{
        backendName: 'cloudflare-stream',
        uploadId: 'f'.repeat(32),
        videoId,
        userId: 'student-1',
        contextId: 'lesson-1',
      },
      ...{ sizeBytes: 1000, mimeType: 'video/mp4', validUntil: toTimestamp(clock.now() + 1e10) },
    });
    ids = { videoId, uploadReference, signingKeyId: key.id };
  });

  beforeEach(() => {
    plain.requests.length = 0;
  });

  afterAll(() => Promise.all([plain.stop(), untrusted.stop()]));

  describe.each(apiOperations.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
    const chosen = apiFaults.filter((fault) => isChosen(operation, fault));
    test.each(chosen.map((fault) => [fault.name, fault] as const))('%s', async (_fault, fault) => {
      plain.answer = (socket, request) => {
        fault.answer?.(socket, request);
        if (fault.code === 'TIMEOUT') setImmediate(() => clock.expire());
      };
      const error = await outcomeOf(operation, originOf(fault));
      const { code, kind } = expectedOf(operation, fault);
      expect(error).toMatchObject({ code, backendName: 'cloudflare-stream' });
      expect(error).toMatchObject({ operation: operation.name.split(' ')[0] });
      const attempts = expectedAttempts(operation, kind);
      if (fault.target === undefined) {
        const created = plain.requests.filter((line) => CREATION.test(line));
        expect(operation.class === 'create' ? created : plain.requests).toHaveLength(attempts);
      }
      if (fault.code !== 'TIMEOUT' && code === (fault.ofCreation?.code ?? fault.code))
        expect(error).toMatchObject({ attempts });
      for (const canary of [...Object.values(canaries), ids.uploadReference])
        expect(shown(error)).not.toContain(canary);
    });

    test('the API does not know it', async () => {
      const body = '{"result":null,"success":false,"errors":[{"code":10003,"message":"Not Found"}],"messages":null}';
      plain.answer = http(404, body);
      const outcome = await outcomeOf(operation, originOf({ name: '', code: '', kind: 'permanent' }));
      const codes = ['VIDEO_NOT_FOUND', 'NOT_UPLOADED', 'BACKEND_REFUSED'];
      if (outcome !== 'success') expect(codes).toContain((outcome as { readonly code?: unknown }).code);
      const isFine = /^(?:abortUpload|deleteVideo|videoExists|webhooks\.(?:read|unsubscribe)|\w+\.delete)$/;
      expect(outcome === 'success').toBe(isFine.test(operation.name));
      expect(plain.requests).toHaveLength(1);
    });

    test.each([200, 204])('%i without a body: success of a removal, and of nothing else', async (status) => {
      plain.answer = http(status, '');
      const outcome = await outcomeOf(operation, originOf({ name: '', code: '', kind: 'transient' }));
      const isRemoval = /^(?:deleteVideo|webhooks\.unsubscribe|\w+\.delete)$/.test(operation.name);
      const code = operation.name === 'copyFromUrl.start' ? 'BACKEND_REFUSED' : 'BACKEND_BAD_RESPONSE';
      expect(outcome).toEqual(isRemoval ? 'success' : expect.objectContaining({ code }));
    });

    test('a caller who aborts gets their own reason, and the request ends', async () => {
      const reason = new Error('the browser hung up');
      const controller = new AbortController();
      let closed: Promise<unknown> | undefined;
      const nothing = http(200, '{"success":true,"errors":[],"result":[]}');
      plain.answer = (socket, request) => {
        // What a creation may have left is looked up.
        if (controller.signal.aborted) return nothing(socket, request);
        closed = once(socket, 'close');
        controller.abort(reason);
      };
      const apiOrigin = `http://127.0.0.1:${plain.port}`;
      const work = operation.run(storageFor(operation, apiOrigin, patient), ids, {
        signal: controller.signal,
        timeoutMs: DEADLINE_MS,
      });
      await expect(work).rejects.toBe(reason);
      await closed;
      const created = plain.requests.filter((line) => CREATION.test(line));
      expect(operation.class === 'create' ? created : plain.requests).toHaveLength(1);
    });
  });

  test('an answer of 17 MiB is not read to its end', async () => {
    const body = `{"success":true,"errors":[],"result":"${'x'.repeat(17 * 1024 * 1024)}"}`;
    plain.answer = http(200, body);
    const [operation] = apiOperations.filter(({ name }) => name === 'signingKeys.create');
    if (operation === undefined) throw new TypeError('There is such an operation.');
    const error = await outcomeOf(operation, `http://127.0.0.1:${plain.port}`);
    expect(error).toMatchObject({ code: 'BACKEND_BAD_RESPONSE', message: 'Cloudflare’s answer is too large.' });
  });
}
