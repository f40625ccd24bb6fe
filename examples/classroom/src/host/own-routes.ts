import { AccessError, type ErrorBody, isVideoStorageError, ValidationError } from '@videostorage/core';
import { toErrorResponse } from '@videostorage/http';
import type { Actor } from '@videostorage/service';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { ZodError } from 'zod';
import { assignmentSchema } from './classroom-store.ts';
import { actorOf, SIGNED_OUT, sessionCookie, signInSchema } from './session.ts';
import type { Videos } from './videos.ts';

/** Shown where there is no poster. */
const NO_POSTER = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path fill="#8888" d="M7.2 3.4v2.2l2-1.1z"/></svg>`;

/** For requests that are refused before anything is looked up; a form of another site is denied. */
const CODES: Record<number, ErrorBody['error']['code']> = { 413: 'BODY_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE' };
type SignedIn = { Variables: { actor: Actor } };

/**
 * The classroom's own routes, in addition to those for videos: session, assignments, posters, history, cost. `facts` are
 * passed on to the page.
 */
export function ownRoutes(videos: Videos, secret: string, facts: { readonly origin: string }): Hono<SignedIn> {
  const { service, records, store } = videos;
  const app = new Hono<SignedIn>().basePath('/api');
  // A preflight request of another site's page: nothing is allowed.
  app.options('*', ({ body }) => body(null, 405));
  app.use(csrf({ origin: facts.origin }), bodyLimit({ maxSize: 100_000 }), async ({ header }, next) => {
    header('Cache-Control', 'no-store');
    header('X-Content-Type-Options', 'nosniff');
    await next();
  });
  app.get('/session', async ({ req, json }) => json({ ...facts, actor: await actorOf(req.raw, secret) }));
  app.post('/session', async ({ req, json }) => {
    return json({}, 200, { 'Set-Cookie': await sessionCookie(signInSchema.parse(await req.json()), secret) });
  });
  app.delete('/session', ({ json }) => json({}, 200, { 'Set-Cookie': SIGNED_OUT }));

  app.use(async ({ req, set }, next) => {
    const actor = await actorOf(req.raw, secret);
    if (actor === undefined) throw new AccessError('UNAUTHENTICATED');
    set('actor', actor);
    await next();
  });
  app.get('/assignments', async ({ json }) => json({ assignments: await store.assignments() }));
  app.put('/assignments/:id{[a-z0-9-]{1,64}}', async ({ req, var: { actor }, body }) => {
    if (!actor.roles.includes('teacher')) throw new AccessError('ACCESS_DENIED');
    await store.putAssignment(req.param('id'), assignmentSchema.parse(await req.json()));
    return body(null, 204);
  });
  app.put('/posters/:id', async ({ req, var: { actor }, body }) => {
    const { videoId } = await service.getUpload(actor, req.param('id'));
    const jpeg = new Uint8Array(await req.arrayBuffer());
    if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) throw new HTTPException(415);
    await store.putPoster(videoId, jpeg);
    return body(null, 204);
  });
  app.get('/posters/:id', async ({ req, var: { actor }, body }) => {
    const { videoId } = await service.getVideo(actor, req.param('id'));
    const jpeg = await store.poster(videoId);
    if (jpeg === undefined) return body(NO_POSTER, 200, { 'Content-Type': 'image/svg+xml' });
    return body(new Uint8Array(jpeg), 200, { 'Content-Type': 'image/jpeg' });
  });
  app.get('/history', async ({ req, var: { actor }, json }) => {
    const { videoId, viewers, cursor } = req.query();
    const events = viewers === undefined ? undefined : (['playback.issued'] as const);
    return json(await service.listEvents(actor, { recordId: videoId, events, cursor, limit: 200 }));
  });
  app.get('/cost', async ({ req, var: { actor }, json }) => {
    if (!actor.roles.includes('administrator')) throw new AccessError('ACCESS_DENIED');
    const usage = await service.usage('global', '');
    const page = await records.usageByUser({ limit: 100, cursor: req.query('cursor') });
    return json({ usage, estimates: service.estimateCost(usage), ...page });
  });
  app.onError((error, { json }) => {
    if (error instanceof HTTPException) {
      const message = 'The request is too large, not a JPEG, or from another site.';
      return json({ error: { code: CODES[error.status] ?? 'ACCESS_DENIED', message, retryable: false } }, error.status);
    }
    const isInput = error instanceof ZodError || error instanceof SyntaxError;
    if (!isInput && !isVideoStorageError(error)) console.error(error);
    const issues = error instanceof ZodError ? error.issues : [{ path: [], message: 'The request could not be read.' }];
    const problems = issues.map(({ path, message }) => ({ path: path.join('.'), code: 'RULE', message }) as const);
    return toErrorResponse(isInput ? new ValidationError(problems) : error);
  });
  return app;
}
