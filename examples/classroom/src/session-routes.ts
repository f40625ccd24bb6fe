import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ZodError } from 'zod';
import type { Sessions } from './session.ts';

const MAX_BODY_BYTES = 4096;

/** Who sits in front of the browser: asked for, chosen and ended below `/api/session`. `facts` are the same for everybody. */
export function sessionRoutes(sessions: Sessions, facts: object, ownOrigin: string): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const origin = context.req.header('origin');
    // A page of another site must not sign anybody in or out.
    if (origin !== undefined && origin !== ownOrigin)
      throw new HTTPException(403, { message: 'This page may not do that.' });
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
    await next();
  });
  app.get('/', async (context) => context.json({ ...facts, person: await sessions.personOf(context.req.raw) }));
  app.post('/', async (context) => {
    // A name and a role; without a length nobody knows when it ends.
    const isBounded = Number(context.req.header('content-length') ?? Number.NaN) <= MAX_BODY_BYTES;
    if (!isBounded) throw new HTTPException(413, { message: 'That is too much at once.' });
    const { person, cookie } = await sessions.signIn(await context.req.json());
    context.header('Set-Cookie', cookie);
    return context.json({ ...facts, person });
  });
  app.delete('/', (context) => {
    context.header('Set-Cookie', sessions.signOut());
    return context.json(facts);
  });
  app.onError((error, context) => {
    const isTheirs = error instanceof ZodError || error instanceof SyntaxError || error instanceof HTTPException;
    if (!isTheirs) console.error(error);
    const status = error instanceof HTTPException ? error.status : isTheirs ? 400 : 500;
    const message = error instanceof ZodError ? error.issues.map((issue) => issue.message).join(' ') : error.message;
    const shown = isTheirs ? message : 'Something went wrong here; please try again.';
    return context.json(
      { error: { code: isTheirs ? 'BODY_INVALID' : 'INTERNAL', message: shown, retryable: false } },
      status,
    );
  });
  return app;
}
