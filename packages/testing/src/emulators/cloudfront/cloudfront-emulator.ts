import { createHash, createPublicKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '@videostorage/core';
import { S3Error } from '../s3/s3-error.ts';
import { readText } from '../s3/s3-request.ts';
import { elements, fromXml, toXml } from '../s3/s3-xml.ts';
import { type SigningIdentity, verifySignature } from '../s3/signature-v4.ts';
import { applyFault, drained, type EmulatorFault, type FaultAim, FaultScript } from '../shared/fault-script.ts';
import { EdgeCache } from './edge-cache.ts';
import { type EmulatedInvalidation, InvalidationRefusal, Invalidations } from './invalidations.ts';
import type { S3OriginOptions } from './s3-origin.ts';
import { serveViewer } from './serve-viewer.ts';
import { ViewerRefusal, verifyViewer } from './viewer-access.ts';

/** Settings of `CloudFrontEmulator.start`. */
export interface CloudFrontEmulatorOptions {
  /** The private bucket behind it. */
  readonly origin: S3OriginOptions;
  /** Public keys of the key group by key pair id, as SPKI PEM. */
  readonly publicKeys: Readonly<Record<string, string>>;
  /** Default: a free port. */
  readonly port?: number;
  /** Default: random. */
  readonly distributionId?: string;
  /** Of the API. Default: the origin's. */
  readonly accessKeyId?: string;
  /** Of the API. Default: the origin's. */
  readonly secretAccessKey?: string;
  /** How long an invalidation takes, by the clock. Default 5 000. */
  readonly invalidationDelayMs?: number;
  /** Origins that scripts may read from, with credentials. Default: none. */
  readonly allowedOrigins?: readonly string[];
  /** Shared with another emulator, so that a fault meets whichever is asked next. Default: an own one. */
  readonly faults?: FaultScript;
  /** Default: the computer's time. */
  readonly clock?: Clock;
}

const API = /^\/2020-05-31\/distribution\/([A-Za-z0-9]+)\/invalidation(?:\/([A-Za-z0-9]+))?$/;

/** A CloudFront on 127.0.0.1: verifies signed URLs and cookies, caches, and takes invalidations. */
export class CloudFrontEmulator {
  /** `http://127.0.0.1:<port>`, both for viewers and for the API. */
  readonly endpoint: string;
  /** The one distribution. */
  readonly distributionId: string;
  /** Requests so far, as `METHOD /path`. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #options: CloudFrontEmulatorOptions;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #identity: SigningIdentity;
  readonly #cache = new EdgeCache();
  readonly #invalidations: Invalidations;
  readonly #faults: FaultScript;
  readonly #clock: Clock;

  private constructor(server: Server, options: CloudFrontEmulatorOptions) {
    this.#server = server;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#faults = options.faults ?? new FaultScript();
    this.#keys = new Map(Object.entries(options.publicKeys).map(([id, pem]) => [id, createPublicKey(pem)]));
    const { accessKeyId = options.origin.accessKeyId, secretAccessKey = options.origin.secretAccessKey } = options;
    this.#identity = { accessKeyId, secretAccessKey, region: 'us-east-1', service: 'cloudfront' };
    this.#invalidations = new Invalidations(options.invalidationDelayMs ?? 5000, (item) => this.#cache.forget(item));
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.distributionId = options.distributionId ?? `E${randomBytes(6).toString('hex').toUpperCase()}`;
    server.on('request', (request, response) => {
      // A client that has gone in the middle hears nothing more.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Starts one; stop it in the end. */
  static async start(options: CloudFrontEmulatorOptions): Promise<CloudFrontEmulator> {
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
    );
    return new CloudFrontEmulator(server, options);
  }

  /** The next matching request meets this fault. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '/';
    this.requests.push(`${request.method} ${path}`);
    try {
      const fault = this.#faults.next(request);
      if (fault !== undefined && !(await applyFault(fault, request, response))) return;
      const api = API.exec(path);
      if (api === null) await this.#serve(request, response);
      else await this.#invalidate(request, response, api[1] ?? '', api[2]);
    } catch (error) {
      await refuse(request, response, error);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const nowMs = this.#clock.now();
    this.#invalidations.settle(nowMs);
    const { origin } = request.headers;
    if (origin !== undefined && this.#options.allowedOrigins?.includes(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Expose-Headers', 'Content-Length, Content-Range, ETag');
      response.setHeader('Vary', 'Origin');
    }
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // A preflight carries neither signature nor cookie, so a restricted behaviour refuses it like anything else.
    const target = verifyViewer(request, this.endpoint, this.#keys, request.socket.remoteAddress ?? '', nowMs);
    await serveViewer(request, response, target, this.#options.origin, this.#cache, nowMs);
  }

  async #invalidate(
    request: IncomingMessage,
    response: ServerResponse,
    distributionId: string,
    id: string | undefined,
  ): Promise<void> {
    const nowMs = this.#clock.now();
    const text = await readText(request);
    verifySignature(request, this.#identity, nowMs, createHash('sha256').update(text).digest('hex'));
    if (distributionId !== this.distributionId) {
      throw new InvalidationRefusal(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
    }
    if (request.method === 'GET' && id !== undefined) {
      const found = this.#invalidations.get(id, nowMs);
      if (found === undefined)
        throw new InvalidationRefusal(404, 'NoSuchInvalidation', 'The specified invalidation does not exist.');
      return this.#answerInvalidation(response, 200, found, nowMs);
    }
    if (request.method !== 'POST' || id !== undefined)
      throw new InvalidationRefusal(405, 'MethodNotAllowed', 'Not allowed.');
    const batch = fromXml('InvalidationBatch', text);
    const paths = batch?.['Paths'] as Record<string, unknown> | undefined;
    const list = (paths?.['Items'] as Record<string, unknown> | undefined)?.['Path'];
    const items = elements(list).map(String);
    const created = this.#invalidations.create(
      String(batch?.['CallerReference'] ?? ''),
      items,
      Number(paths?.['Quantity']),
      nowMs,
    );
    this.#answerInvalidation(response, 201, created, nowMs);
  }

  #answerInvalidation(response: ServerResponse, status: number, batch: EmulatedInvalidation, nowMs: number): void {
    const body = toXml('Invalidation', {
      Id: batch.id,
      Status: this.#invalidations.isCompleted(batch, nowMs) ? 'Completed' : 'InProgress',
      CreateTime: new Date(batch.createdAtMs).toISOString(),
      InvalidationBatch: {
        Paths: { Quantity: batch.items.length, Items: { Path: batch.items } },
        CallerReference: batch.callerReference,
      },
    });
    const Location = `${this.endpoint}/2020-05-31/distribution/${this.distributionId}/invalidation/${batch.id}`;
    response.writeHead(status, { 'Content-Type': 'text/xml', Location, 'x-amzn-requestid': randomUUID() }).end(body);
  }
}

async function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent || request.socket.destroyed) {
    response.destroy();
    return;
  }
  if (!request.readableEnded) await drained(request);
  if (error instanceof ViewerRefusal) {
    const body = toXml('Error', { Code: error.code, Message: error.message });
    response.writeHead(403, { 'Content-Type': 'text/xml' }).end(body);
    return;
  }
  const known = error instanceof InvalidationRefusal || error instanceof S3Error;
  const [status, code, message] = known
    ? [error.status, error.code, error.message]
    : [500, 'InternalError', String(error)];
  const body = toXml('ErrorResponse', {
    Error: { Type: 'Sender', Code: code, Message: message },
    RequestId: randomUUID(),
  });
  response.writeHead(status, { 'Content-Type': 'text/xml', 'x-amzn-requestid': randomUUID() }).end(body);
}
