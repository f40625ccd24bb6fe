import { AccessError, isVideoStorageError, type RateLimitCount } from '@videostorage/core';
import type { Actor } from '@videostorage/service';
import { ERROR_STATUS, isAnswerCode } from './error-status.ts';
import { openapiDocument } from './openapi-document.ts';
import { parseBody, parseWith } from './parse-body.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';
import type { RouteName } from './route-table.ts';
import {
  confirmUploadSchema,
  listQuerySchema,
  playbackBodySchema,
  signPartsSchema,
  updateVideoSchema,
  uploadRequestSchema,
} from './schemas/request-schemas.ts';
import { withoutCookies } from './set-cookies.ts';
import type { VideoRoutesSettings } from './video-routes-options.ts';

const MAX_WEBHOOK_BYTES = 256 * 1024;

/** One request that a route handles. */
interface RouteCall {
  /** The request as received. */
  readonly request: Request;
  /** Returns the value of a name in the path, decoded. */
  readonly id: string;
  /** The id of this request, in logs and in the answer. */
  readonly requestId: string;
}

/** The answer of a route. */
export interface RouteAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Sent as JSON; absent = no body. */
  readonly body?: object;
  /** In addition to the headers of all answers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

/** Answers one route; refusals are thrown. */
export type RouteHandler = (call: RouteCall) => Promise<RouteAnswer>;

/**
 * The handler of each route: it finds the actor, parses what was sent, then calls the method of the service with the route's
 * name.
 */
export function routeHandlers(settings: VideoRoutesSettings): Readonly<Record<RouteName, RouteHandler>> {
  const { service, basePath, maxBodyBytes, bodyTimeoutMs } = settings;
  const bounds = { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs };
  const actorOf = async (request: Request): Promise<Actor> => {
    const actor = await settings.actor(request);
    if (actor === undefined || actor === null) throw new AccessError('UNAUTHENTICATED');
    return actor;
  };
  let openapi: object | undefined;

  return {
    async getUploadUrl(call) {
      const { request } = call;
      const actor = await actorOf(request);
      const body = await parseBody(request, uploadRequestSchema, bounds);
      const idempotencyKey = request.headers.get('idempotency-key') ?? undefined;
      const { options, counts } = callOptions(call);
      const ticket = await service.getUploadUrl(actor, body, { ...options, idempotencyKey });
      return { status: 201, body: ticket, headers: rateLimitHeaders('upload', counts) };
    },
    async getUpload(call) {
      const actor = await actorOf(call.request);
      return { status: 200, body: await service.getUpload(actor, call.id, callOptions(call).options) };
    },
    async signParts(call) {
      const actor = await actorOf(call.request);
      const { partNumbers } = await parseBody(call.request, signPartsSchema, bounds);
      const parts = await service.signParts(actor, call.id, partNumbers, callOptions(call).options);
      return { status: 200, body: { parts } };
    },
    async confirmUpload(call) {
      const actor = await actorOf(call.request);
      const body = await parseBody(call.request, confirmUploadSchema, bounds);
      return { status: 200, body: await service.confirmUpload(actor, call.id, body, callOptions(call).options) };
    },
    async abortUpload(call) {
      await service.abortUpload(await actorOf(call.request), call.id, callOptions(call).options);
      return { status: 204 };
    },
    async listVideos(call) {
      const actor = await actorOf(call.request);
      const { status: statuses, ...query } = parseWith(listQuerySchema, queryOf(call.request));
      const page = await service.listVideos(
        actor,
        { ...query, ...(statuses && { statuses }) },
        callOptions(call).options,
      );
      return { status: 200, body: page };
    },
    async getVideo(call) {
      const actor = await actorOf(call.request);
      return { status: 200, body: await service.getVideo(actor, call.id, callOptions(call).options) };
    },
    async updateVideo(call) {
      const actor = await actorOf(call.request);
      const body = await parseBody(call.request, updateVideoSchema, bounds);
      return { status: 200, body: await service.updateVideo(actor, call.id, body, callOptions(call).options) };
    },
    async deleteVideo(call) {
      const actor = await actorOf(call.request);
      const { purged } = await service.deleteVideo(actor, call.id, callOptions(call).options);
      return purged ? { status: 204 } : { status: 202, body: { status: 'deleting' } };
    },
    async getPlaybackUrl(call) {
      const actor = await actorOf(call.request);
      const requested = await parseBody(call.request, playbackBodySchema, bounds);
      const { options, counts } = callOptions(call);
      const playback = await service.getPlaybackUrl(actor, call.id, requested, options);
      return { status: 200, headers: rateLimitHeaders('playback', counts), ...withoutCookies(playback) };
    },
    async handleWebhook(call) {
      const { request, id: backendName } = call;
      const isKnown = service.storages.some((each) => each.backendName === backendName && each.webhooks !== undefined);
      if (!isKnown) throw new Refusal('NOT_FOUND');
      const rawBody = await readBody(request, { maxBytes: MAX_WEBHOOK_BYTES, timeoutMs: bodyTimeoutMs });
      const headers = Object.fromEntries(request.headers);
      await service.handleWebhook(backendName, { rawBody, headers }, callOptions(call).options).catch(toSenderError);
      return { status: 200, body: {} };
    },
    async health() {
      return { status: 200, body: { status: 'ok' } };
    },
    async openapi() {
      openapi ??= openapiDocument(basePath);
      return { status: 200, body: openapi };
    },
  };
}

function callOptions({ request, requestId }: RouteCall) {
  const counts: RateLimitCount[] = [];
  const onRateLimit = (taken: readonly RateLimitCount[]) => void counts.push(...taken);
  return { counts, options: { signal: request.signal, requestId, onRateLimit } };
}

/** Refuses a name that occurs twice, since other software on the way might read another of its values. @throws {Refusal} */
function queryOf(request: Request): Readonly<Record<string, string>> {
  const { searchParams } = new URL(request.url);
  const query = Object.fromEntries(searchParams);
  if (Object.keys(query).length !== searchParams.size) throw new Refusal('BODY_INVALID');
  return query;
}

/** The sender of a webhook tries again only after a 5xx: a failure on this side must not be reported as the sender's error. */
function toSenderError(error: unknown): never {
  if (!isVideoStorageError(error) || !isAnswerCode(error.code)) throw error;
  const isSendersFault = error.code === 'WEBHOOK_SIGNATURE_INVALID' || error.code === 'WEBHOOK_MALFORMED';
  if (isSendersFault || ERROR_STATUS[error.code] >= 500) throw error;
  throw new Error(`The webhook was not handled: ${error.message}`, { cause: error });
}
