import { S3Client as SdkClient } from '@aws-sdk/client-s3';
import { systemClock } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import { videoKey } from '@videostorage/object-storage';
import type { ObjectStoreSubject } from '@videostorage/object-storage/testing';
import { ObjectKeys } from '../src/object-key.ts';
import { S3Client } from '../src/s3-client.ts';
import { S3ObjectStore } from '../src/s3-object-store.ts';
import { decodeSentUpload } from '../src/sent-upload.ts';

const MEBIBYTE = 1024 * 1024;

/** A bucket of S3 to test the dialect with. */
export interface StoreUnderTrial {
  /** Keeps old versions. Default false. */
  readonly versioned?: boolean;
  /** In front of all keys. Default: nothing. */
  readonly keyPrefix?: string;
  /** From this size on uploads are sent in parts. Default 6 MiB. */
  readonly multipartThresholdBytes?: number;
}

/** The dialect over the emulator: two instances over one bucket, as in two processes. */
export async function createStoreSubject({
  versioned = false,
  keyPrefix = '',
  multipartThresholdBytes = 6 * MEBIBYTE,
}: StoreUnderTrial = {}): Promise<ObjectStoreSubject & { readonly s3: S3Emulator }> {
  const s3 = await S3Emulator.start({ versioned });
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = s3;
  const sdk = new SdkClient({
    ...{ endpoint, region, forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const client = new S3Client(sdk, { bucket, clock: systemClock });
  const keys = new ObjectKeys(keyPrefix);
  const options = { multipartThresholdBytes, partSizeBytes: 5 * MEBIBYTE, cacheTags: false, abilities: {} };
  const create = () => new S3ObjectStore({ s3: client, keys, clock: systemClock }, options);
  return {
    s3,
    store: create(),
    other: create(),
    send: async ({ videoId, sizeBytes }, created, bytes) => {
      const body = Uint8Array.from(bytes);
      if (created.protocol === 'post') {
        const form = new FormData();
        for (const [name, value] of Object.entries(created.fields)) form.append(name, value);
        form.append(created.fileField, new Blob([body]));
        await refuseFailure(fetch(created.url, { method: 'POST', body: form }));
        return;
      }
      const state = decodeSentUpload(created.state);
      if (created.protocol !== 'multipart' || state === undefined || 'form' in state)
        throw new TypeError('Parts were expected.');
      const key = keys.toBucket(videoKey(videoId));
      const sign = await client.signParts({ key, s3UploadId: state.s3UploadId, expiresInSeconds: 60 });
      for (let number = 1; number <= created.partCount; number++) {
        const start = (number - 1) * created.partSizeBytes;
        const part = body.subarray(start, Math.min(sizeBytes, start + created.partSizeBytes));
        await refuseFailure(fetch(await sign(number, part.length), { method: 'PUT', body: part }));
      }
    },
    dispose: async () => {
      sdk.destroy();
      await s3.stop();
    },
  };
}

async function refuseFailure(sending: Promise<Response>): Promise<void> {
  const response = await sending;
  if (!response.ok) throw new Error(`The store answered ${response.status}.`);
}
