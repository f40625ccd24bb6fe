import { PutObjectCommand, S3Client as SdkClient } from '@aws-sdk/client-s3';
import { RateLimiter, RetryHandler } from '@videostorage/core';
import { CloudFrontEmulator, type EmulatorFault, FaultScript, S3Emulator } from '@videostorage/emulators';
import type { Fault, StorageSubject } from '@videostorage/testing';
import { ManualClock } from '@videostorage/testing';
import type { CloudFrontOptions } from '../src/s3-cloudfront-options.ts';
import { S3CloudFrontStorage } from '../src/s3-cloudfront-storage.ts';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from './key-pairs.ts';

const REFERENCE_SECRET = 'canary-of-the-s3-storage-0123456789abcdef';
const MEBIBYTE = 1024 * 1024;

/** A subject, with members that only the tests of this package need. */
export interface EmulatedSubject extends StorageSubject {
  readonly storage: S3CloudFrontStorage;
  readonly clock: ManualClock;
  readonly s3: S3Emulator;
  readonly cloudFront: CloudFrontEmulator;
  /** Stores an object as the host app's encoder would. */
  putObject(key: string, body: string): Promise<void>;
  /** Another storage over the same emulators. */
  storageWith(
    cloudFrontOptions: Partial<CloudFrontOptions>,
    overrides?: Partial<ConstructorParameters<typeof S3CloudFrontStorage>[0]>,
  ): S3CloudFrontStorage;
}

/** S3 and CloudFront, both emulated, with one manual clock. */
export async function createEmulatedSubject(
  overrides: Partial<ConstructorParameters<typeof S3CloudFrontStorage>[0]> = {},
  s3Options: Parameters<typeof S3Emulator.start>[0] = {},
  ofCloudFront: Partial<CloudFrontOptions> = {},
): Promise<EmulatedSubject> {
  const clock = new ManualClock();
  const faults = new FaultScript();
  const s3 = await S3Emulator.start({ clock, faults, ...s3Options });
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const readablePrefix = `${overrides.keyPrefix ?? ''}videos/`;
  const publicPem = (pair: TestKeyPair) => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const cloudFront = await CloudFrontEmulator.start({
    clock,
    faults,
    // As the template in `infrastructure` configures it.
    origin: { endpoint, bucket, region, ...credentials, originPath: ofCloudFront.originPath, readablePrefix },
    errorCachingMinTtlSeconds: 0,
    publicKeys: { [ecKeyPair.keyPairId]: publicPem(ecKeyPair), [rsaKeyPair.keyPairId]: publicPem(rsaKeyPair) },
  });
  const storageWith: EmulatedSubject['storageWith'] = (cloudFrontOptions, more = {}) => {
    const { s3Client } = { ...overrides, ...more };
    return new S3CloudFrontStorage({
      bucket,
      region,
      // A client of the host app has its own endpoint.
      ...(s3Client === undefined && { endpoint }),
      credentials,
      clock,
      cloudFront: {
        baseUrl: cloudFront.endpoint,
        ...(cloudFrontOptions.client === undefined && { endpoint: cloudFront.endpoint }),
        distributionId: cloudFront.distributionId,
        keyPairs: [{ keyPairId: ecKeyPair.keyPairId, privateKey: ecKeyPair.pem }],
        ...cloudFrontOptions,
      },
      referenceSecrets: [REFERENCE_SECRET],
      rateLimiter: new RateLimiter({ upload: [], playback: [] }),
      retryHandler: new RetryHandler({ random: () => 0 }),
      multipartThresholdBytes: 6 * MEBIBYTE,
      partSizeBytes: 5 * MEBIBYTE,
      inspectContent: true,
      ...overrides,
      ...more,
    });
  };
  const storage = storageWith(ofCloudFront);
  const putObject = async (Key: string, Body: string) => {
    const client = new SdkClient({ endpoint, region, credentials, forcePathStyle: true });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    client.destroy();
  };
  return {
    storage,
    storageWith,
    putObject,
    clock,
    s3,
    cloudFront,
    secrets: [REFERENCE_SECRET, secretAccessKey, ecKeyPair.pem],
    multipartSizeBytes: 6 * MEBIBYTE,
    play: async (playback) => {
      const response = await fetch(playback.url);
      const { status, headers } = response;
      return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    failNext: (fault) => {
      faults.add(toEmulatorFault(fault), { matches: isApiCall });
    },
    dispose: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

/** Only requests of the storage: those of viewers and uploads are not requests to the API. */
function isApiCall(request: { readonly url?: string | undefined; readonly headers: object }): boolean {
  return 'authorization' in request.headers;
}

/** The fault of the emulators and proxies for a fault of the suite. */
export function toEmulatorFault(fault: Fault): EmulatorFault {
  switch (fault) {
    case 'server-error':
      return { kind: 'status', status: 503 };
    case 'throttled':
      return { kind: 'status', status: 429 };
    case 'reset':
      return { kind: 'reset', when: 'after-effect' };
    case 'hang':
      return { kind: 'hang' };
    case 'bad-response':
      return { kind: 'html' };
    case 'not-found-once':
      return { kind: 'status', status: 404 };
  }
}
