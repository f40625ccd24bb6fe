import { createHash } from 'node:crypto';
import { ManualClock } from '@videostorage/testing';
import { CloudFrontEmulator, type CloudFrontEmulatorOptions } from '../src/cloudfront/cloudfront-emulator.ts';
import { S3Emulator, type S3EmulatorOptions } from '../src/s3/s3-emulator.ts';
import { S3TestClient } from './s3-test-client.ts';
import { type RawAnswer, sendRaw } from './send-raw.ts';
import { asQuery, customGrant, type GrantKey, makeGrantKey, policyText } from './sign-grant.ts';
import { basicDate, credentialOf, signRequest } from './sign-request.ts';

/** RSA and ECDSA, generated once, since that takes a while. */
export const rsaKey: GrantKey = makeGrantKey('KRSA', 'rsa');
/** See `rsaKey`. */
export const ecKey: GrantKey = makeGrantKey('KEC', 'ec');

/** A CloudFront emulator over a bucket, with one clock. */
export class EdgeSubject {
  readonly clock: ManualClock;
  readonly s3: S3Emulator;
  readonly bucket: S3TestClient;
  readonly edge: CloudFrontEmulator;

  private constructor(clock: ManualClock, s3: S3Emulator, edge: CloudFrontEmulator) {
    this.clock = clock;
    this.s3 = s3;
    this.bucket = new S3TestClient(s3);
    this.edge = edge;
  }

  /** Starts both. */
  static async start(
    options: Partial<CloudFrontEmulatorOptions> = {},
    s3Options: S3EmulatorOptions = {},
  ): Promise<EdgeSubject> {
    // On a whole second, so that expiry can be tested to the millisecond.
    const clock = new ManualClock({ nowMs: Math.floor(Date.now() / 1000) * 1000 });
    const s3 = await S3Emulator.start({ clock, ...s3Options });
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
    const { sessionToken } = s3Options;
    const edge = await CloudFrontEmulator.start({
      clock,
      origin: { endpoint, bucket, region, accessKeyId, secretAccessKey, sessionToken },
      publicKeys: { [rsaKey.keyPairId]: rsaKey.publicPem, [ecKey.keyPairId]: ecKey.publicPem },
      ...options,
    });
    return new EdgeSubject(clock, s3, edge);
  }

  /** Stops both. */
  async stop(): Promise<void> {
    await this.edge.stop();
    await this.s3.stop();
  }

  /** The clock in seconds. */
  get nowSeconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** Sends a request as a viewer. */
  view(path: string, query = '', headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<RawAnswer> {
    return sendRaw(this.edge.endpoint, method, query === '' ? path : `${path}?${query}`, headers);
  }

  /** Sends a request with a grant for everything. */
  viewFreely(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<RawAnswer> {
    const policy = policyText(`${this.edge.endpoint}/*`, { before: this.nowSeconds + 60 });
    return this.view(path, asQuery(customGrant(ecKey, policy)), headers, method);
  }

  /** Calls the API; `sentBody` is sent in place of the signed body. */
  callApi(
    method: string,
    path: string,
    body = '',
    { sentBody = body, signer = {} }: { readonly sentBody?: string; readonly signer?: object } = {},
  ): Promise<RawAnswer> {
    const { accessKeyId, secretAccessKey } = this.s3;
    const identity = { accessKeyId, secretAccessKey, region: 'us-east-1', service: 'cloudfront', ...signer };
    const date = basicDate(Date.now());
    const payloadHash = createHash('sha256').update(body).digest('hex');
    const headers = { host: new URL(this.edge.endpoint).host, 'x-amz-date': date, 'x-amz-content-sha256': payloadHash };
    const { signedHeaders, signature } = signRequest(identity, { method, path, headers }, date, payloadHash);
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentialOf(identity, date)}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return sendRaw(this.edge.endpoint, method, path, { ...headers, authorization }, sentBody);
  }

  /** `/2020-05-31/distribution/…/invalidation` */
  get invalidationPath(): string {
    return `/2020-05-31/distribution/${this.edge.distributionId}/invalidation`;
  }

  /** CreateInvalidation. */
  invalidate(callerReference: string, items: readonly string[], quantity: number = items.length): Promise<RawAnswer> {
    return this.callApi('POST', this.invalidationPath, invalidationBatch(callerReference, items, quantity));
  }
}

/** The document of CreateInvalidation. */
export function invalidationBatch(callerReference: string, items: readonly string[], quantity: number): string {
  const paths = items.map((item) => `<Path>${item.replaceAll('&', '&amp;')}</Path>`).join('');
  return `<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>${quantity}</Quantity><Items>${paths}</Items></Paths><CallerReference>${callerReference}</CallerReference></InvalidationBatch>`;
}
