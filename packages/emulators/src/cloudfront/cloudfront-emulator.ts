import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '@videostorage/core';
import { toXml } from '../s3/s3-xml.ts';
import type { SigningIdentity } from '../s3/signing-scope.ts';
import { applyFault, drained, type EmulatorFault, type FaultAim, FaultScript } from '../shared/fault-script.ts';
import { keepRequest } from '../shared/keep-request.ts';
import { LoopbackServer } from '../shared/loopback-server.ts';
import { realClock } from '../shared/real-clock.ts';
import { refuseUnknownOptions } from '../shared/refuse-unknown-options.ts';
import { EdgeCache } from './edge-cache.ts';
import { EdgeRefusal, errorPage, methodNotAllowed, unknownHost } from './edge-refusal.ts';
import { answerInvalidationCall, isApiPath, refuseApiCall } from './invalidation-api.ts';
import { Invalidations } from './invalidations.ts';
import { checkOriginPath, type S3OriginOptions } from './s3-origin.ts';
import { serveViewer } from './serve-viewer.ts';
import { verifyViewer } from './viewer-access.ts';
import { ViewerRefusal } from './viewer-refusal.ts';

/** Settings of `CloudFrontEmulator.start`. */
export interface CloudFrontEmulatorOptions {
  /** The private bucket behind the distribution. */
  readonly origin: S3OriginOptions;
  /**
   * Public keys of the key group, at most five, as SPKI PEM: RSA of 2 048 bits or ECDSA P-256. Their names are key pair ids as
   * CloudFront issues them, 3 to 64 letters and digits: `K2JCJMDEHXQW5F`.
   */
  readonly publicKeys: Readonly<Record<string, string>>;
  /** Port on which the emulator listens. Default: a free port. */
  readonly port?: number;
  /** Id of the distribution. Default: random. */
  readonly distributionId?: string;
  /**
   * Further origins under which viewers may reach the emulator, for instance that of a proxy. Default: only `127.0.0.1`
   * and `localhost` with the port.
   */
  readonly aliases?: readonly string[];
  /** Credentials for the API. Default: those of the origin, with their token. */
  readonly accessKeyId?: string;
  /** Secret for the API. Default: that of the origin. */
  readonly secretAccessKey?: string;
  /** How long an invalidation takes, in milliseconds of the clock. Default 5 000. */
  readonly invalidationDelayMs?: number;
  /** `ErrorCachingMinTTL` of 403, 404 and 502: how long errors of the origin are cached; 0 = not at all. Default 10, as on a new distribution. */
  readonly errorCachingMinTtlSeconds?: number;
  /** Origins of pages whose scripts may read answers, with credentials. Default: none. */
  readonly allowedOrigins?: readonly string[];
  /**
   * The script of faults. Pass one script to several emulators to make the next request fail, whichever of them receives
   * it. Default: a new one.
   */
  readonly faults?: FaultScript;
  /** The clock by which grants expire and invalidations complete. Default: the system's clock. */
  readonly clock?: Clock;
}

const NAMES: Readonly<Record<keyof CloudFrontEmulatorOptions, true>> = {
  ...{ origin: true, publicKeys: true, port: true, distributionId: true, aliases: true, allowedOrigins: true },
  ...{ accessKeyId: true, secretAccessKey: true, invalidationDelayMs: true, errorCachingMinTtlSeconds: true },
  ...{ faults: true, clock: true },
};
const MAX_PUBLIC_KEYS = 5;
const KEY_PAIR_ID = /^[A-Za-z0-9]{3,64}$/;
/** `ErrorCachingMinTTL` where a distribution does not set it (CloudFront Developer Guide, "Controlling how long CloudFront caches errors"). */
const DEFAULT_ERROR_TTL_SECONDS = 10;
const ALLOWED_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** A CloudFront distribution on 127.0.0.1: verifies signed URLs and cookies, caches, and takes invalidations. */
export class CloudFrontEmulator {
  /** `http://127.0.0.1:<port>`, both for viewers and for the API. */
  readonly endpoint: string;
  /** Id of the only distribution. */
  readonly distributionId: string;
  /** The last 10 000 requests, oldest first, as `METHOD /path`. */
  readonly requests: string[] = [];
  readonly #server: LoopbackServer;
  readonly #options: CloudFrontEmulatorOptions;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #identity: SigningIdentity;
  readonly #cache: EdgeCache;
  readonly #agent = new Agent();
  readonly #invalidations: Invalidations;
  readonly #faults: FaultScript;
  readonly #clock: Clock;

  private constructor(
    server: LoopbackServer,
    keys: ReadonlyMap<string, KeyObject>,
    options: CloudFrontEmulatorOptions,
  ) {
    this.#server = server;
    this.#keys = keys;
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#faults = options.faults ?? new FaultScript();
    this.#identity = apiIdentity(options);
    this.#cache = new EdgeCache(options.errorCachingMinTtlSeconds ?? DEFAULT_ERROR_TTL_SECONDS);
    this.#invalidations = new Invalidations(options.invalidationDelayMs ?? 5000, (item) => this.#cache.purge(item));
    this.endpoint = server.origin;
    this.distributionId = options.distributionId ?? `E${randomBytes(6).toString('hex').toUpperCase()}`;
    server.handle((request, response) => this.#answer(request, response));
  }

  /**
   * Starts an emulator; call `stop` afterwards.
   * @throws {TypeError} an option that does not exist, a key or id that CloudFront would not accept @throws {Error} the port is in use
   */
  static async start(options: CloudFrontEmulatorOptions): Promise<CloudFrontEmulator> {
    refuseUnknownOptions('CloudFrontEmulator', options, NAMES);
    const keys = readPublicKeys(options.publicKeys);
    checkOriginPath(options.origin.originPath);
    return new CloudFrontEmulator(await LoopbackServer.start(options.port), keys, options);
  }

  /** Makes the next matching request fail in this way. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Ends all connections, also those to the origin. */
  async stop(): Promise<void> {
    await this.#server.stop();
    this.#agent.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '/';
    keepRequest(this.requests, `${request.method} ${path}`);
    try {
      const fault = this.#faults.next(request);
      if (fault !== undefined && !(await applyFault(fault, request, response))) return;
      if (!isApiPath(path)) response.setHeader('x-amz-cf-id', randomBytes(24).toString('base64url'));
      if (isApiPath(path)) await this.#call(request, response);
      else await this.#serve(request, response);
    } catch (error) {
      await refuse(request, response, error);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const nowMs = this.#clock.now();
    this.#invalidations.settle(nowMs);
    const viewerOrigin = this.#viewerOrigin(request);
    const { origin } = request.headers;
    if (origin !== undefined && this.#options.allowedOrigins?.includes(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Expose-Headers', 'Content-Length, Content-Range, ETag');
    }
    if (this.#options.allowedOrigins !== undefined) response.setHeader('Vary', 'Origin');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (!ALLOWED_METHODS.includes(request.method ?? '')) throw methodNotAllowed();
    // A preflight carries neither signature nor cookie, so a restricted behaviour refuses it like anything else.
    const path = verifyViewer(request, {
      origin: viewerOrigin,
      keys: this.#keys,
      viewerAddress: request.socket.remoteAddress ?? '',
      nowMs,
    });
    const edge = { origin: this.#options.origin, cache: this.#cache, agent: this.#agent };
    await serveViewer(request, response, path, edge, nowMs);
  }

  /** @throws {EdgeRefusal} for a name that is not the distribution's */
  #viewerOrigin(request: IncomingMessage): string {
    const asked = `http://${request.headers.host}`;
    const own = [this.endpoint, this.endpoint.replace('127.0.0.1', 'localhost'), ...(this.#options.aliases ?? [])];
    if (!own.includes(asked)) throw unknownHost();
    return asked;
  }

  async #call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { endpoint: origin, distributionId } = this;
    const api = { origin, distributionId, identity: this.#identity, invalidations: this.#invalidations };
    await answerInvalidationCall(request, response, api, this.#clock.now());
  }
}

function apiIdentity({ origin, accessKeyId, secretAccessKey }: CloudFrontEmulatorOptions): SigningIdentity {
  const isOrigins = accessKeyId === undefined && secretAccessKey === undefined;
  return {
    accessKeyId: accessKeyId ?? origin.accessKeyId,
    secretAccessKey: secretAccessKey ?? origin.secretAccessKey,
    sessionToken: isOrigins ? origin.sessionToken : undefined,
    region: 'us-east-1',
    service: 'cloudfront',
  };
}

/** CloudFront accepts two kinds of keys only (CloudFront Developer Guide, "Create key pairs for your signers"). */
function readPublicKeys(pems: Readonly<Record<string, string>>): ReadonlyMap<string, KeyObject> {
  const keys = Object.entries(pems).map(([id, pem]) => [id, createPublicKey(pem)] as const);
  if (keys.length > MAX_PUBLIC_KEYS) throw new TypeError('A key group has at most five public keys.');
  const odd = keys.find(([id]) => !KEY_PAIR_ID.test(id));
  if (odd !== undefined)
    throw new TypeError(
      `"${odd[0]}" is not a key pair id: use 3 to 64 letters and digits, for instance "K2JCJMDEHXQW5F".`,
    );
  for (const [id, { asymmetricKeyType, asymmetricKeyDetails }] of keys) {
    const isRsa = asymmetricKeyType === 'rsa' && asymmetricKeyDetails?.modulusLength === 2048;
    const isEc = asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
    if (!isRsa && !isEc) throw new TypeError(`The public key ${id} is neither RSA of 2048 bits nor ECDSA P-256.`);
  }
  return new Map(keys);
}

async function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent || request.socket.destroyed) {
    response.destroy();
    return;
  }
  await drained(request);
  if (error instanceof EdgeRefusal) {
    response.setHeader('x-cache', 'Error from cloudfront');
    response
      .writeHead(error.status, { 'Content-Type': 'text/html', Server: 'CloudFront' })
      .end(errorPage(error, String(response.getHeader('x-amz-cf-id'))));
    return;
  }
  if (!(error instanceof ViewerRefusal)) return refuseApiCall(response, error);
  const body = toXml('Error', { Code: error.code, Message: error.message });
  response.setHeader('x-cache', 'Error from cloudfront');
  response.writeHead(error.status, { 'Content-Type': 'text/xml' }).end(body);
}
