import * as aws from '@aws-sdk/client-s3';
import { getSignedUrl, S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { signingDate } from './store-clock.ts';

/** The parts of one upload, and how long their URLs are valid. */
export interface SignableUpload {
  /** The bucket that is written to, and who pays for it. */
  readonly target: { readonly Bucket: string; readonly RequestPayer?: 'requester' };
  /** Key of the object that the parts become. */
  readonly key: string;
  /** S3's own upload id. */
  readonly s3UploadId: string;
  /** Counted from the moment of signing. */
  readonly expiresInSeconds: number;
}

/** What the signed URL of one part has in common with those of the other parts of its upload. */
interface Template {
  readonly url: URL;
  /** The parameters that are not part of the signature. */
  readonly query: Readonly<Record<string, string>>;
  readonly signingRegion: string;
  readonly signingService: string;
}

/**
 * Signs parts of one upload, each for exactly its length, without a request. The SDK resolves endpoint and request for the first
 * part; for the others only number and length change, so only the signature is computed, which is several times faster.
 */
export class PartSigner {
  readonly #client: aws.S3Client;
  readonly #upload: SignableUpload;
  readonly #presigner: S3RequestPresigner;
  #template: Template | undefined;

  /** Signs with the credentials of the client. */
  constructor(client: aws.S3Client, upload: SignableUpload) {
    this.#client = client;
    this.#upload = upload;
    this.#presigner = new S3RequestPresigner(client.config);
  }

  /** A URL to send one part of exactly this length. */
  async sign(partNumber: number, sizeBytes: number): Promise<string> {
    if (this.#template !== undefined) return this.#signAs(this.#template, partNumber, sizeBytes);
    const { target, key, s3UploadId, expiresInSeconds } = this.#upload;
    const command = new aws.UploadPartCommand({
      ...target,
      Key: key,
      UploadId: s3UploadId,
      PartNumber: partNumber,
      ContentLength: sizeBytes,
    });
    const how = { expiresIn: expiresInSeconds, signingDate: signingDate(this.#client) };
    const url = await getSignedUrl(this.#client, command, how);
    this.#template = toTemplate(url);
    return url;
  }

  async #signAs(template: Template, partNumber: number, sizeBytes: number): Promise<string> {
    const { url, signingRegion, signingService } = template;
    const request = {
      method: 'PUT',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      query: { ...template.query, partNumber: String(partNumber) },
      headers: { 'content-length': String(sizeBytes) },
    };
    const how = { expiresIn: this.#upload.expiresInSeconds, signingDate: signingDate(this.#client) };
    const { query = {} } = await this.#presigner.presign(request, { ...how, signingRegion, signingService });
    const pairs = Object.keys(query)
      .sort()
      .map((name) => `${encode(name)}=${encode(String(query[name]))}`);
    return `${url.origin}${url.pathname}?${pairs.join('&')}`;
  }
}

/** The end of a credential; the access key id in front of it may hold slashes at other stores than Amazon's. */
const SCOPE = /\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

/** Undefined unless the URL is signed by SigV4 over length and host alone, which a client with its own middleware may change. */
function toTemplate(signed: string): Template | undefined {
  const url = new URL(signed);
  const { searchParams } = url;
  const isPlain =
    searchParams.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
    searchParams.get('X-Amz-SignedHeaders') === 'content-length;host' &&
    !searchParams.has('X-Amz-S3session-Token');
  const [, signingRegion, signingService] = SCOPE.exec(searchParams.get('X-Amz-Credential') ?? '') ?? [];
  if (!isPlain || signingRegion === undefined || signingService === undefined) return undefined;
  const query = Object.fromEntries([...searchParams].filter(([name]) => !name.startsWith('X-Amz-')));
  return { url, query, signingRegion, signingService };
}

/** RFC 3986, as the signature requires it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
