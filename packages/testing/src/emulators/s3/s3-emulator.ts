import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@videostorage/core';
import { applyFault, drained, type EmulatorFault, type FaultAim, FaultScript } from '../shared/fault-script.ts';
import { BodyFiles } from './body-files.ts';
import { Bucket } from './bucket.ts';
import { addCorsHeaders, answerPreflight, type CorsRule } from './cors.ts';
import { EmulatedMultipartUploads } from './multipart-uploads.ts';
import { postObject } from './post-object.ts';
import { S3Error } from './s3-error.ts';
import { answerXml } from './s3-request.ts';
import { routeS3Call } from './s3-router.ts';
import { type SigningIdentity, verifySignature } from './signature-v4.ts';

/** Settings of `S3Emulator.start`. */
export interface S3EmulatorOptions {
  /** Default: a free port. */
  readonly port?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Created empty. Default `videos`. */
  readonly bucket?: string;
  /** Keep old versions. Default false. */
  readonly versioned?: boolean;
  /** Default: random. */
  readonly accessKeyId?: string;
  /** Default: random. */
  readonly secretAccessKey?: string;
  /** Set: the credentials are temporary, and their token must come along. */
  readonly sessionToken?: string;
  /** Default: none, so browsers of other origins see nothing. */
  readonly cors?: readonly CorsRule[];
  /** False: takes any form, as careless S3-compatible stores do, to prove that nobody trusts the policy alone. Default true. */
  readonly enforcePolicy?: boolean;
  /** Shared with another emulator, so that a fault meets whichever is asked next. Default: an own one. */
  readonly faults?: FaultScript;
  /** Default: the computer's time. */
  readonly clock?: Clock;
}

/** An S3 on 127.0.0.1 that enforces what Amazon's enforces: POST policies, signatures, multipart rules, CORS, versions. */
export class S3Emulator {
  /** `http://127.0.0.1:<port>`; buckets by path. */
  readonly endpoint: string;
  /** Scope of signatures. */
  readonly region: string;
  /** The one bucket. */
  readonly bucket: string;
  /** Of the one user. */
  readonly accessKeyId: string;
  /** Of the one user. */
  readonly secretAccessKey: string;
  /** Requests so far, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** Keys that `DeleteObjects` refuses one by one, inside an answer of 200. */
  readonly undeletableKeys: Set<string> = new Set();
  readonly #server: Server;
  readonly #folder: string;
  readonly #identity: SigningIdentity;
  readonly #options: S3EmulatorOptions;
  readonly #store: Bucket;
  readonly #files: BodyFiles;
  readonly #uploads: EmulatedMultipartUploads;
  readonly #faults: FaultScript;
  readonly #clock: Clock;

  private constructor(server: Server, folder: string, options: S3EmulatorOptions) {
    const { region = 'us-east-1', bucket = 'videos', versioned = false, sessionToken } = options;
    const {
      accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey = randomBytes(20).toString('hex'),
    } = options;
    this.#server = server;
    this.#folder = folder;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#faults = options.faults ?? new FaultScript();
    this.#identity = { accessKeyId, secretAccessKey, sessionToken, region };
    this.#store = new Bucket(bucket, versioned);
    this.#files = new BodyFiles(folder);
    this.#uploads = new EmulatedMultipartUploads(this.#files);
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.region = region;
    this.bucket = bucket;
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    server.on('request', (request, response) => {
      // A client that has gone in the middle hears nothing more.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Starts one; stop it in the end. */
  static async start(options: S3EmulatorOptions = {}): Promise<S3Emulator> {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-s3-'));
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
    );
    return new S3Emulator(server, folder, options);
  }

  /** The next matching request meets this fault. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** How many multipart uploads are neither completed nor aborted. */
  get pendingMultipartUploads(): number {
    return this.#uploads.pending;
  }

  /** Keys of the current objects. */
  get keys(): readonly string[] {
    return this.#store.list('', '').map((object) => object.key);
  }

  /** How many versions and markers there are, current ones included. */
  get versionCount(): number {
    return this.#store.listVersions('').length;
  }

  /** Ends all connections and removes all bytes. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
    try {
      response.setHeader('x-amz-request-id', requestId);
      const fault = this.#faults.next(request);
      // A proxy's page has no request id of the service.
      if (fault?.kind === 'html') response.removeHeader('x-amz-request-id');
      if (fault !== undefined && !(await applyFault(fault, request, response))) return;
      response.setHeader('Server', 'S3Emulator');
      if (request.method !== 'OPTIONS') addCorsHeaders(request, response, this.#options.cors ?? []);
      await this.#handle(request, response);
    } catch (error) {
      await this.#refuse(request, response, error, requestId);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const [, name = '', ...rest] = url.pathname.split('/');
    if (request.method === 'OPTIONS') return answerPreflight(request, response, this.#options.cors ?? []);
    if (decodeURIComponent(name) !== this.bucket) {
      throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
    }
    const key = rest.map(decodeURIComponent).join('/');
    const nowMs = this.#clock.now();
    const shared = { bucket: this.#store, files: this.#files, nowMs };
    if (request.method === 'POST' && key === '' && url.search === '') {
      const { enforcePolicy = true } = this.#options;
      return postObject(request, response, { ...shared, identity: this.#identity, enforcePolicy });
    }
    const verified = verifySignature(request, this.#identity, nowMs);
    const call = { ...shared, request, response, query: url.searchParams, key, verified, uploads: this.#uploads };
    return routeS3Call(call, this.undeletableKeys);
  }

  async #refuse(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): Promise<void> {
    const refusal = error instanceof S3Error ? error : undefined;
    if (response.headersSent || request.socket.destroyed) {
      response.destroy();
      return;
    }
    if (!request.readableEnded) await drained(request);
    const { status, code, message, details } = refusal ?? new S3Error(500, 'InternalError', String(error));
    // HEAD has no body, hence no code either.
    if (request.method === 'HEAD') response.writeHead(status).end();
    else
      answerXml(response, status, 'Error', {
        Code: code,
        Message: message,
        ...details,
        RequestId: requestId,
        HostId: 'emulator',
      });
  }
}
