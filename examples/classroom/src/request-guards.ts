import { RouteRefusal } from './answers.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** A page of another site must not change anything in somebody's name. @throws {RouteRefusal} */
export function requireOwnOrigin(request: Request, publicUrl: string): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const isOwn = origin === null ? site === 'same-origin' || site === null : origin === new URL(publicUrl).origin;
  if (!isOwn || site === 'cross-site') throw new RouteRefusal('ORIGIN_REFUSED', 'This page may not do that.');
}

/** The JSON body, bounded. @throws {RouteRefusal} */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new RouteRefusal('UNSUPPORTED_MEDIA_TYPE', 'Please send JSON.');
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new RouteRefusal('BODY_TOO_LARGE', 'That is too much at once.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw Object.assign(new RouteRefusal('BODY_INVALID', 'That is not JSON.'), { cause });
  }
}
