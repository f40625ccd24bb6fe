import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@videostorage/core';
import { applyFault, drained, type EmulatorFault, type FaultAim, FaultScript } from '../shared/fault-script.ts';
import { keepRequest } from '../shared/keep-request.ts';
import { LoopbackServer } from '../shared/loopback-server.ts';
import { realClock } from '../shared/real-clock.ts';
import { refuseUnknownOptions } from '../shared/refuse-unknown-options.ts';
import { BodyFiles } from './body-files.ts';
import { Bucket } from './bucket.ts';
import { createBucket, listBuckets } from './bucket-calls.ts';
import { addCorsHeaders, answerPreflight, type CorsRule } from './cors.ts';
import { EmulatedMultipartUploads } from './multipart-uploads.ts';
import { postObject } from './post-object.ts';
import { parseRequestTarget } from './request-target.ts';
import { refuseUnpaid } from './requester-pays.ts';
import { S3Error } from './s3-error.ts';
import { answerXml } from './s3-request.ts';
import { routeS3Call } from './s3-router.ts';
import { verifySignature } from './signature-v4.ts';
import type { SigningIdentity } from './signing-scope.ts';
import { isCeph, type StoreAbilities } from './store-abilities.ts';

/** Settings of `S3Emulator.start`. */
export interface S3EmulatorOptions extends StoreAbilities {
  /** Port on which the emulator listens. Default: a free port. */
  readonly port?: number;
  /** Region of the bucket. Default `us-east-1`. */
  readonly region?: string;
  /** Name of the bucket, which starts empty. Default `videos`. */
  readonly bucket?: string;
  /** Whether the bucket keeps old versions. Default false; true with Object Lock. */
  readonly versioned?: boolean;
  /**
   * Enables Object Lock in compliance mode: each new version is kept for this many days, and a PUT of an object or part needs
   * `Content-MD5` or a checksum. Default: no Object Lock.
   */
  readonly objectLockDays?: number;
  /** Access key of the only user. Default: random. */
  readonly accessKeyId?: string;
  /** Secret of the access key. Default: random. */
  readonly secretAccessKey?: string;
  /** Makes the credentials temporary: requests must carry this token. Default: permanent credentials. */
  readonly sessionToken?: string;
  /**
   * When the temporary credentials expire, in milliseconds since the epoch; after that every request fails with
   * `ExpiredToken`. Default: never.
   */
  readonly sessionExpiresAtMs?: number;
  /** CORS rules of the bucket. Default: none, so pages of other origins cannot read answers. */
  readonly cors?: readonly CorsRule[];
  /**
   * True: the requester pays for requests to the bucket. A request without `x-amz-request-payer: requester`, as a
   * header, in the query of a signed URL or as a field of a form, is refused with 403. Default false.
   */
  readonly requesterPays?: boolean;
  /**
   * False: accepts any form, as some S3-compatible stores do, to test that your app does not rely on the policy alone. Default
   * true.
   */
  readonly enforcePolicy?: boolean;
  /**
   * The script of faults. Pass one script to several emulators to make the next request fail, whichever of them receives
   * it. Default: a new one.
   */
  readonly faults?: FaultScript;
  /** The clock by which forms and signatures expire. Default: the system's clock. */
  readonly clock?: Clock;
}

const NAMES: Readonly<Record<keyof S3EmulatorOptions, true>> = {
  ...{ port: true, region: true, bucket: true, versioned: true, objectLockDays: true, cors: true, requesterPays: true },
  ...{ accessKeyId: true, secretAccessKey: true, sessionToken: true, sessionExpiresAtMs: true, enforcePolicy: true },
  ...{ withoutPostPolicies: true, withoutDeleteChecksums: true, withoutCreateIfAbsent: true, withoutObjectSize: true },
  ...{ behavesLike: true, faults: true, clock: true },
};

/** Sent as `x-amz-id-2`. */
const HOST_ID = 'emulator';

/**
 * An S3 service on 127.0.0.1 that enforces what Amazon S3 enforces: POST policies, signatures, multipart rules, CORS, versions.
 */
export class S3Emulator {
  /** `http://127.0.0.1:<port>`; buckets are addressed by path. */
  readonly endpoint: string;
  /** Region in the scope of signatures. */
  readonly region: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** Access key of the only user. */
  readonly accessKeyId: string;
  /** Secret of the access key. */
  readonly secretAccessKey: string;
  /** The last 10 000 requests, oldest first, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** Keys that `DeleteObjects` refuses, each inside an answer of status 200. */
  readonly undeletableKeys: Set<string> = new Set();
  /** True: every page of a list says that another page follows. Default false. */
  endlessLists = false;
  readonly #server: LoopbackServer;
  readonly #folder: string;
  readonly #identity: SigningIdentity;
  readonly #options: S3EmulatorOptions;
  readonly #store: Bucket;
  readonly #buckets = new Map<string, Bucket>();
  readonly #startedAtMs: number;
  readonly #files: BodyFiles;
  readonly #uploads: EmulatedMultipartUploads;
  readonly #faults: FaultScript;
  readonly #clock: Clock;

  private constructor(server: LoopbackServer, folder: string, options: S3EmulatorOptions) {
    const { region = 'us-east-1', bucket = 'videos', sessionToken, sessionExpiresAtMs } = options;
    const {
      accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey = randomBytes(20).toString('hex'),
    } = options;
    this.#server = server;
    this.#folder = folder;
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#faults = options.faults ?? new FaultScript();
    this.#identity = { accessKeyId, secretAccessKey, sessionToken, sessionExpiresAtMs, region };
    this.#store = this.#createBucket(bucket);
    this.#startedAtMs = this.#clock.now();
    this.#files = new BodyFiles(folder);
    this.#uploads = new EmulatedMultipartUploads(this.#files);
    this.endpoint = server.origin;
    this.region = region;
    this.bucket = bucket;
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    server.handle((request, response) => this.#answer(request, response));
  }

  /**
   * Starts an emulator; call `stop` afterwards.
   * @throws {TypeError} an option that does not exist, Object Lock without versions @throws {Error} the port is in use
   */
  static async start(options: S3EmulatorOptions = {}): Promise<S3Emulator> {
    refuseUnknownOptions('S3Emulator', options, NAMES);
    if (options.objectLockDays !== undefined && options.versioned === false)
      throw new TypeError('Object Lock needs a bucket that keeps versions: leave out `versioned: false`.');
    const server = await LoopbackServer.start(options.port);
    return new S3Emulator(server, await mkdtemp(join(tmpdir(), 'videostorage-s3-')), options);
  }

  /** Makes the next matching request fail in this way. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Number of multipart uploads that are neither completed nor aborted. */
  get pendingMultipartUploads(): number {
    return this.#uploads.pending;
  }

  /** Keys of the current objects. */
  get keys(): readonly string[] {
    return this.#store.list('').map((object) => object.key);
  }

  /** Number of versions and delete markers, current ones included. */
  get versionCount(): number {
    return this.#store.listVersions('').length;
  }

  /** Ends all connections, waits for requests in progress, and removes all files. */
  async stop(): Promise<void> {
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    keepRequest(this.requests, `${request.method} ${request.url?.split('?')[0]}`);
    const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
    try {
      const fault = this.#faults.next(request);
      // A proxy's page has none of the service's headers.
      if (fault?.kind !== 'html') {
        response.setHeader('x-amz-request-id', requestId);
        response.setHeader('x-amz-id-2', HOST_ID);
        response.setHeader('Server', 'S3Emulator');
        if (request.method !== 'OPTIONS') addCorsHeaders(request, response, this.#options.cors ?? []);
      }
      if (fault !== undefined && !(await applyFault(fault, request, response))) return;
      await this.#handle(request, response);
    } catch (error) {
      await this.#refuse(request, response, error, requestId);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { segments, query } = parseRequestTarget(request.url);
    const [name = '', ...rest] = segments;
    if (request.method === 'OPTIONS') return answerPreflight(request, response, this.#options.cors ?? []);
    const nowMs = this.#clock.now();
    const key = rest.join('/');
    const shelf = {
      buckets: this.#buckets,
      region: this.region,
      startedAtMs: this.#startedAtMs,
      create: (created: string) => void this.#createBucket(created),
      remove: (removed: string) => void this.#buckets.delete(removed),
    };
    if (name === '' && segments.length === 1 && request.method === 'GET') {
      verifySignature(request, this.#identity, nowMs);
      return listBuckets(response, shelf);
    }
    if (name !== '' && key === '' && request.method === 'PUT' && query.size === 0) {
      verifySignature(request, this.#identity, nowMs);
      return createBucket(request, response, name, shelf);
    }
    const bucket = this.#buckets.get(name);
    if (bucket === undefined)
      throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
    const shared = { bucket, files: this.#files, nowMs, abilities: this.#options };
    const isForm = request.headers.authorization === undefined && query.size === 0;
    if (request.method === 'POST' && key === '' && isForm) {
      const { enforcePolicy = true, requesterPays = false } = this.#options;
      const rules = { ...shared, identity: this.#identity, enforcePolicy, requesterPays, origin: this.endpoint };
      return postObject(request, response, rules);
    }
    const verified = verifySignature(request, this.#identity, nowMs);
    if (this.#options.requesterPays === true)
      refuseUnpaid(request.headers['x-amz-request-payer'] ?? query.get('x-amz-request-payer'));
    const { endlessLists } = this;
    const call = { ...shared, request, response, query, key, verified, uploads: this.#uploads, buckets: this.#buckets };
    return routeS3Call(
      { ...call, endlessLists },
      { undeletableKeys: this.undeletableKeys, origin: this.endpoint, shelf },
    );
  }

  #createBucket(name: string): Bucket {
    const { objectLockDays, versioned = objectLockDays !== undefined } = this.#options;
    const created = new Bucket(name, versioned, objectLockDays);
    this.#buckets.set(name, created);
    return created;
  }

  async #refuse(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): Promise<void> {
    const refusal = error instanceof S3Error ? error : undefined;
    if (response.headersSent || request.socket.destroyed) {
      response.destroy();
      return;
    }
    await drained(request);
    const { status, code, message, details } = refusal ?? new S3Error(500, 'InternalError', String(error));
    // An answer to HEAD has no body, and so no code.
    if (request.method === 'HEAD') response.writeHead(status).end();
    else
      answerXml(response, status, 'Error', {
        Code: code,
        // Ceph sends no text, so clients must not depend on one.
        Message: isCeph(this.#options) ? '' : message,
        ...details,
        RequestId: requestId,
        HostId: HOST_ID,
      });
  }
}
