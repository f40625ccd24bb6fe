import type { Actor } from '@videostorage/service';
import { parseSigned, serializeSigned } from 'hono/utils/cookie';
import { z } from 'zod';

const COOKIE = 'classroom';
const isShort = (name: string) => Buffer.byteLength(name) <= 100;

/** The name and the role that a person chooses. The demo has no passwords; a real host app uses its own sign-in here. */
export const signInSchema: z.ZodType<{ name: string; role: string }> = z.strictObject({
  role: z.enum(['student', 'teacher', 'administrator']),
  name: z
    .string()
    .trim()
    .min(1, 'Please enter your name.')
    .refine(isShort, 'Please enter a shorter name.')
    .regex(/^\P{Cc}*$/u, 'Please enter a name without control characters.'),
});

/** The signed cookie of a person: name and role cannot be changed without signing in again. */
export function sessionCookie({ name, role }: z.infer<typeof signInSchema>, secret: string): Promise<string> {
  const userId = `${role}:${name.normalize('NFC')}`;
  return serializeSigned(COOKIE, userId, secret, { path: '/', httpOnly: true, sameSite: 'Lax' });
}

/** A cookie that ends the session. */
export const SIGNED_OUT: string = `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;

/** Returns the user who sent the request; undefined without a cookie, and for one that this classroom did not sign. */
export async function actorOf(request: Request, secret: string): Promise<Actor | undefined> {
  const cookies = await parseSigned(request.headers.get('cookie') ?? '', secret, COOKIE);
  const userId = cookies[COOKIE] || undefined;
  return userId === undefined ? undefined : { userId, roles: [userId.slice(0, userId.indexOf(':'))] };
}
