import { createHash } from 'node:crypto';
import { elementText, type RawAnswer, sendRaw } from './send-raw.ts';
import { basicDate, canonicalQueryOf, credentialOf, type Signer, signRequest, signText } from './sign-request.ts';

/** Facts about an `S3Emulator`, or about any other S3 service. */
export interface StoreFacts {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The parts of a call beside method and key. */
export interface CallParts {
  readonly query?: Readonly<Record<string, string>>;
  /** Signed. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent, but not signed. */
  readonly unsignedHeaders?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Default: the digest of the body. */
  readonly payloadHash?: string;
  /** Default: now. */
  readonly atMs?: number;
}

/** One field of a form, or its file. */
export type FormPart =
  | readonly [name: string, value: string]
  | { readonly name: string; readonly fileName: string; readonly bytes: Uint8Array };

const BOUNDARY = '----videostorage';

/** A small S3 client with its own signatures. */
export class S3TestClient {
  readonly #store: StoreFacts;
  readonly #signer: Signer;

  constructor(store: StoreFacts) {
    this.#store = store;
    this.#signer = { ...store, service: 's3' };
  }

  /** `/bucket/key`, percent-encoded. */
  path(key: string): string {
    const encoded = key.split('/').map((part) => canonicalQueryOf({ [part]: '' }).slice(0, -1));
    return `/${this.#store.bucket}/${encoded.join('/')}`;
  }

  /** A call that is signed in its headers. `key` undefined: on the bucket. */
  call(method: string, key: string | undefined, parts: CallParts = {}): Promise<RawAnswer> {
    return this.callPath(method, key === undefined ? `/${this.#store.bucket}` : this.path(key), parts);
  }

  /** The same with a path that is sent unchanged. */
  callPath(method: string, path: string, parts: CallParts = {}): Promise<RawAnswer> {
    const { query = {}, body = '', atMs = Date.now() } = parts;
    const date = basicDate(atMs);
    const payloadHash = parts.payloadHash ?? createHash('sha256').update(body).digest('hex');
    const headers = {
      ...parts.headers,
      host: new URL(this.#store.endpoint).host,
      'x-amz-content-sha256': payloadHash,
      'x-amz-date': date,
    };
    const { signedHeaders, signature } = signRequest(this.#signer, { method, path, query, headers }, date, payloadHash);
    const credential = credentialOf(this.#signer, date);
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    const target = Object.keys(query).length === 0 ? path : `${path}?${canonicalQueryOf(query)}`;
    return sendRaw(this.#store.endpoint, method, target, { ...headers, authorization, ...parts.unsignedHeaders }, body);
  }

  /** Path and query of a presigned request; `headers` must be sent as they are signed. */
  presign(
    method: string,
    key: string,
    parts: Pick<CallParts, 'query' | 'headers' | 'atMs'> & { readonly expiresInSeconds?: number } = {},
  ): string {
    const date = basicDate(parts.atMs ?? Date.now());
    const headers = { ...parts.headers, host: new URL(this.#store.endpoint).host };
    const query = {
      ...parts.query,
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': credentialOf(this.#signer, date),
      'X-Amz-Date': date,
      'X-Amz-Expires': String(parts.expiresInSeconds ?? 60),
      'X-Amz-SignedHeaders': Object.keys(headers).sort().join(';'),
    };
    const path = this.path(key);
    const { signature } = signRequest(this.#signer, { method, path, query, headers }, date, 'UNSIGNED-PAYLOAD');
    return `${path}?${canonicalQueryOf({ ...query, 'X-Amz-Signature': signature })}`;
  }

  /**
   * Fields of a form whose policy, given as text, is signed unchanged. `date` is that of the form; the conditions must name it
   * too.
   */
  signPolicy(policy: string, date: string): Record<string, string> {
    const encoded = Buffer.from(policy).toString('base64');
    return {
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': credentialOf(this.#signer, date),
      'X-Amz-Date': date,
      Policy: encoded,
      'X-Amz-Signature': signText(this.#signer, date, encoded),
    };
  }

  /** Sends a form. */
  post(parts: readonly FormPart[], headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const type = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
    return sendRaw(this.#store.endpoint, 'POST', `/${this.#store.bucket}`, { ...type, ...headers }, formBody(parts));
  }

  /** Begins an upload in parts, and returns its id. */
  async begin(key: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await this.call('POST', key, { query: { uploads: '' }, headers });
    return elementText(answer.text, 'UploadId') ?? answer.outcome;
  }

  /** Sends a part, and returns its ETag, with quotes. */
  async putPart(key: string, uploadId: string, partNumber: number, body: Uint8Array): Promise<string> {
    const query = { partNumber: String(partNumber), uploadId };
    const answer = await this.call('PUT', key, { query, body });
    return String(answer.headers['etag'] ?? answer.outcome);
  }

  /** Requests that parts are joined. */
  complete(
    key: string,
    uploadId: string,
    parts: readonly (readonly [partNumber: number, eTag: string])[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawAnswer> {
    const list = parts.map(([number, eTag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${eTag}</ETag></Part>`);
    const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
    return this.call('POST', key, { query: { uploadId }, headers, body });
  }
}

/** The bytes of a multipart/form-data body. */
export function formBody(parts: readonly FormPart[]): Buffer {
  const chunks = parts.flatMap((part) => {
    const { name, bytes, more } =
      'fileName' in part
        ? { ...part, more: `; filename="${part.fileName}"\r\nContent-Type: application/octet-stream` }
        : { name: part[0], bytes: Buffer.from(part[1]), more: '' };
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(bytes), Buffer.from('\r\n')];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}
