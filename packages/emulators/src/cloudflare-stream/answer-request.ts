import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerPlayback } from './answer-playback.ts';
import { routeApiCall } from './api-router.ts';
import { verifyBearer } from './bearer.ts';
import { drainRequest } from './drain-request.ts';
import { answerFailure } from './envelope.ts';
import type { ApiRateLimit } from './rate-limit.ts';
import type { StreamContext } from './stream-context.ts';
import { badRequest, noRoute, noSubscription, StreamRefusal } from './stream-refusal.ts';
import { answerUploadPreflight } from './upload-cors.ts';

const API = /^\/client\/v4\/accounts\/([^/]+)\/(stream|media)(\/.*)?$/;
/** All paths that the API's router answers, known routes or not. */
const ROUTER = /^\/client(?:\/|$)/;
const ACCOUNT_ID = /^[0-9a-f]{32}$/;
const UPLOAD = /^\/(upload|tus)\/([0-9a-f]{32})$/;

/** Who may use the API, and how often. */
export interface ApiGate {
  /** The one token. */
  readonly apiToken: string;
  /** Its requests. */
  readonly rateLimit: ApiRateLimit;
}

/** Answers a request to any of the service's hosts; here they share one origin. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  account: StreamContext,
  gate: ApiGate,
): Promise<void> {
  try {
    await route(request, response, account, gate);
  } catch (error) {
    await refuse(request, response, error);
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  account: StreamContext,
  gate: ApiGate,
): Promise<void> {
  const target = request.url ?? '/';
  if (!URL.canParse(target, account.apiOrigin)) throw badRequest('the path is malformed.');
  const url = new URL(target, account.apiOrigin);
  const nowMs = account.now();
  const api = API.exec(url.pathname);
  if (api !== null) {
    // No preflight is answered here: browsers may not call the API.
    if (api[1] !== account.accountId && !ACCOUNT_ID.test(api[1] ?? '')) throw noRoute(account.routerCode);
    verifyBearer(request, account.accountId, gate.apiToken, api[1] ?? '');
    gate.rateLimit.take(response, nowMs);
    const path = api[3] ?? '';
    if (account.library.limits.storageMinutes === 0 && path !== '/storage-usage') throw noSubscription();
    if (api[2] === 'media') return account.tusUploads.transfer(request, response, path.slice(1), nowMs);
    return routeApiCall(path, { request, response, query: url.searchParams, nowMs, account });
  }
  if (ROUTER.test(url.pathname)) throw noRoute(account.routerCode);
  const upload = UPLOAD.exec(url.pathname);
  if (upload === null) return answerPlayback(request, response, url, account);
  const [, kind, id = ''] = upload;
  if (request.method === 'OPTIONS') return answerUploadPreflight(request, response);
  if (kind === 'tus') return account.tusUploads.transfer(request, response, id, nowMs);
  return account.basicUploads.receive(request, response, id, nowMs);
}

async function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent || !(await drainRequest(request))) {
    response.destroy();
    return;
  }
  const refusal =
    error instanceof StreamRefusal
      ? error
      : error instanceof URIError
        ? badRequest('the path is malformed.')
        : new StreamRefusal(500, 10004, `Internal error: ${String(error)}`);
  const isPlayback = ![ROUTER, UPLOAD].some((pattern) => pattern.test(request.url?.split('?')[0] ?? ''));
  if (!isPlayback) return answerFailure(response, refusal);
  const text = `${refusal.status} ${refusal.message}\n`;
  response.writeHead(refusal.status, {
    ...refusal.headers,
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
