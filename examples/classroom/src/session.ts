import { HmacSigner, type Secret } from '@videostorage/core';
import type { Actor } from '@videostorage/service';
import { z } from 'zod';

/** Who sits in front of the browser. There are no passwords: this is a classroom of a demo. */
export interface Person {
  readonly userId: string;
  readonly role: 'student' | 'teacher';
}

const COOKIE = 'classroom';
const schema = z.object({
  name: z.string().trim().min(1, 'Please give your name.').max(60, 'Please give a shorter name.'),
  role: z.enum(['student', 'teacher']),
});

/** Sessions in a signed cookie: nobody changes their name or role without signing in again. */
export class Sessions {
  readonly #signer: HmacSigner;

  constructor(secret: Secret) {
    this.#signer = new HmacSigner([secret], 'classroom-session');
  }

  /** The cookie of somebody who has chosen a name and a role. */
  async signIn(body: unknown): Promise<{ readonly person: Person; readonly cookie: string }> {
    const { name, role } = schema.parse(body);
    const person = { userId: `${role}:${name.normalize('NFC')}`, role };
    const text = Buffer.from(JSON.stringify(person)).toString('base64url');
    const value = `${text}.${await this.#signer.sign(text)}`;
    return { person, cookie: `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax` };
  }

  /** Ends a session. */
  signOut(): string {
    return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
  }

  /** Who asks, as the routes of videos want to know it. */
  async actorOf(request: Request): Promise<Actor | undefined> {
    const person = await this.personOf(request);
    return person && { userId: person.userId, roles: [person.role] };
  }

  /** Who asks; undefined for nobody, and for cookies that were not made here. */
  async personOf(request: Request): Promise<Person | undefined> {
    const cookies = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
    const value = cookies.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? '';
    const [text = '', signature = ''] = value.split('.', 2);
    if (text === '' || !(await this.#signer.verify(text, signature))) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Person;
  }
}
