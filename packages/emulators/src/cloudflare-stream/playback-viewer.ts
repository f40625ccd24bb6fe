import type { IncomingMessage } from 'node:http';
import { isAllowedByRules } from './access-rules.ts';
import { isAllowedOrigin } from './allowed-origins.ts';
import { type PlaybackClaims, unauthorized, verifyPlaybackToken } from './playback-token.ts';
import { progressOf } from './processing.ts';
import type { StreamContext } from './stream-context.ts';
import { notFound, StreamRefusal } from './stream-refusal.ts';
import type { EmulatedVideo } from './video.ts';

/** A video that the viewer may watch. */
export interface AdmittedViewer {
  /** The video. */
  readonly video: EmulatedVideo;
  /** The claims of the token; absent for a public video by its uid. */
  readonly claims?: PlaybackClaims;
}

/**
 * Decides whether a viewer may see the video that the first segment of a playback path names: by a public video's uid, or by a
 * token. `CF-Connecting-IP` and `CF-IPCountry` of the request have the place of the viewer, as behind the real edge.
 * @throws {StreamRefusal} 401 for the token, 403 for its rules and for the origin, 404 for a video that is not ready
 */
export async function admitViewer(
  request: IncomingMessage,
  uidOrToken: string,
  account: StreamContext,
): Promise<AdmittedViewer> {
  const nowMs = account.now();
  const isToken = uidOrToken.includes('.');
  const claims = isToken ? await verifyPlaybackToken(uidOrToken, account.keys, nowMs) : undefined;
  const video = account.library.find(claims?.sub ?? uidOrToken, nowMs);
  if (video === undefined) throw notFound();
  if (claims === undefined && video.settings.requireSignedURLs) throw unauthorized('the video needs a token');
  if (claims !== undefined) enforceRules(claims, request);
  enforceOrigin(video, request, account);
  if (progressOf(video, account.description.times, nowMs).state !== 'ready') throw notFound();
  return { video, ...(claims !== undefined && { claims }) };
}

function enforceRules(claims: PlaybackClaims, request: IncomingMessage): void {
  const viewer = {
    ip: String(request.headers['cf-connecting-ip'] ?? request.socket.remoteAddress ?? ''),
    country: String(request.headers['cf-ipcountry'] ?? 'XX'),
  };
  const isAllowed = isAllowedByRules(claims.accessRules, viewer);
  if (isAllowed === undefined) throw unauthorized('malformed access rules');
  if (!isAllowed) throw new StreamRefusal(403, 0, 'Forbidden by the access rules.');
}

function enforceOrigin(video: EmulatedVideo, request: IncomingMessage, account: StreamContext): void {
  const origin = request.headers.origin ?? request.headers.referer;
  // The player page fetches from its own host.
  const isOwnPlayer = origin !== undefined && URL.canParse(origin) && new URL(origin).origin === account.apiOrigin;
  if (!isOwnPlayer && !isAllowedOrigin(video.settings.allowedOrigins, origin))
    throw new StreamRefusal(403, 0, 'Forbidden: the origin is not allowed.');
}
