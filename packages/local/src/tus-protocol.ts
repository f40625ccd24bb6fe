import { refuse } from './plain-answer.ts';

/** On every answer about an upload. */
export const TUS_HEADERS: Readonly<Record<string, string>> = { 'Tus-Resumable': '1.0.0' };

const OFFSET_STREAM = 'application/offset+octet-stream';
/** Headers of a PATCH for extensions that are not offered: a client would believe that its checksum was compared. */
const NOT_OFFERED = ['Upload-Checksum', 'Upload-Concat', 'Upload-Defer-Length', 'Upload-Length'];
/** Headers of the core protocol for a PATCH, and the length of its body. */
const READ = ['Content-Length', 'Content-Type', 'Tus-Resumable', 'Upload-Offset'];

/** Refuses what a server of tus 1.0.0 must not process; undefined for all others. */
export function refuseByProtocol(method: string, headers: Headers): Response | undefined {
  if (headers.get('tus-resumable') !== TUS_HEADERS['Tus-Resumable']) {
    return refuse(412, { ...TUS_HEADERS, 'Tus-Version': '1.0.0' }, 'The version of tus must be 1.0.0.');
  }
  if (method !== 'PATCH') return undefined;
  const extension = NOT_OFFERED.find((name) => headers.has(name));
  if (extension !== undefined) return refuse(400, TUS_HEADERS, `${extension} is not offered here.`);
  if (headers.get('content-type') === OFFSET_STREAM) return undefined;
  return refuse(415, TUS_HEADERS, `The Content-Type of bytes is ${OFFSET_STREAM}.`);
}

/**
 * The request as tus-node-server takes it: a PATCH of the sent file with the headers of the protocol alone, without a query. The
 * library refuses others for what a proxy or a page wrote into them, for instance two schemes in `X-Forwarded-Proto`.
 */
export function toPatch(request: Request, name: string): Request {
  const headers = new Headers();
  for (const read of READ) {
    const value = request.headers.get(read);
    if (value !== null) headers.set(read, value);
  }
  const changed = new Map<string | symbol, unknown>([
    ['method', 'PATCH'],
    ['url', `http://localhost/uploads/${name}`],
    ['headers', headers],
  ]);
  // Everything else is unchanged, also the connection beside the request, by which the library notices that a sender has gone.
  return new Proxy(request, {
    get: (target, member) => (changed.has(member) ? changed.get(member) : Reflect.get(target, member, target)),
  });
}
