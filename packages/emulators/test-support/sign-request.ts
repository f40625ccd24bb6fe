import { createHash, createHmac } from 'node:crypto';

// A second implementation of Signature Version 4, written from Amazon's description and independently of the emulator's, so
// that neither hides a mistake of the other.

/** The credentials and the scope of signatures. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

/** A request to be signed; `query` and `headers` without those of the signature. */
export interface RequestToSign {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case; all are signed. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `20261125T101112Z` */
export function basicDate(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '')}Z`;
}

/** HMAC of a text under the key of one day. */
export function signText(signer: Signer, date: string, text: string): string {
  const mac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const day = mac(`AWS4${signer.secretAccessKey}`, date.slice(0, 8));
  return createHmac('sha256', mac(mac(mac(day, signer.region), signer.service), 'aws4_request'))
    .update(text)
    .digest('hex');
}

/** `AKIA…/20261125/us-east-1/s3/aws4_request` */
export function credentialOf(signer: Signer, date: string): string {
  return `${signer.accessKeyId}/${date.slice(0, 8)}/${signer.region}/${signer.service}/aws4_request`;
}

/** The query with its names and values percent-encoded, sorted. */
export function canonicalQueryOf(query: Readonly<Record<string, string>>): string {
  const encode = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        return /[A-Za-z0-9\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  return Object.keys(query)
    .sort()
    .map((name) => `${encode(name)}=${encode(query[name] ?? '')}`)
    .join('&');
}

/** Names of signed headers, and the signature. */
export function signRequest(
  signer: Signer,
  { method, path, query = {}, headers }: RequestToSign,
  date: string,
  payloadHash: string,
): { readonly signedHeaders: string; readonly signature: string } {
  const names = Object.keys(headers).sort();
  const canonical = `${method}\n${path}\n${canonicalQueryOf(query)}\n${names
    .map((name) => `${name}:${headers[name]}\n`)
    .join('')}\n${names.join(';')}\n${payloadHash}`;
  const scope = credentialOf(signer, date).split('/').slice(1).join('/');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signature = signText(signer, date, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`);
  return { signedHeaders: names.join(';'), signature };
}
