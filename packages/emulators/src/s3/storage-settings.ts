import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { S3Error } from './s3-error.ts';
import { isCeph, type StoreAbilities } from './store-abilities.ts';

const SSE = 'x-amz-server-side-encryption';
const KMS_KEY = `${SSE}-aws-kms-key-id`;
const ENCRYPTION_HEADERS = [SSE, KMS_KEY, `${SSE}-context`, `${SSE}-bucket-key-enabled`];
const ALGORITHMS = new Set(['AES256', 'aws:kms', 'aws:kms:dsse']);
/** Storage classes of a general purpose bucket (Amazon S3 API Reference, "PutObject"). */
const STORAGE_CLASSES = new Set([
  ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER'],
  ...['DEEP_ARCHIVE', 'GLACIER_IR'],
]);
const ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** How an object is kept: its storage class, and the headers of its encryption that answers repeat. */
export interface StorageSettings {
  /** `STANDARD` unless another class was requested. */
  readonly storageClass: string;
  /** Names in lower case. Empty: none was requested, so S3's own keys encrypt it. */
  readonly encryption: Readonly<Record<string, string>>;
}

/**
 * Reads the settings from headers or form fields with names in lower case. @throws {S3Error} 400 for one that S3 does not know
 */
export function readStorageSettings(fields: Iterable<readonly [string, unknown]>): StorageSettings {
  const given = new Map([...fields].map(([name, value]) => [name, value === undefined ? undefined : String(value)]));
  const storageClass = given.get('x-amz-storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass))
    throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
  const encryption = Object.fromEntries(
    ENCRYPTION_HEADERS.flatMap((name) => {
      const value = given.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const algorithm = encryption[SSE];
  if (algorithm !== undefined && !ALGORITHMS.has(algorithm))
    throw new S3Error(400, 'InvalidEncryptionAlgorithmError', 'The Encryption request you specified is not valid.');
  if (encryption[KMS_KEY] !== undefined && algorithm?.startsWith('aws:kms') !== true) {
    throw new S3Error(
      400,
      'InvalidArgument',
      `Server Side Encryption with AWS KMS managed key requires HTTP header ${SSE} : aws:kms`,
      {
        ArgumentName: SSE,
      },
    );
  }
  return { storageClass, encryption };
}

/** Sets the headers of an answer that name the encryption of an object: Amazon's S3 encrypts every object, requested or not. */
export function setEncryption(
  response: ServerResponse,
  { encryption }: StorageSettings,
  abilities: StoreAbilities,
): void {
  const shown = isCeph(abilities) ? encryption : { [SSE]: 'AES256', ...encryption };
  for (const [name, value] of Object.entries(shown)) response.setHeader(name, value);
}

/** Whether a key of KMS encrypts, so that no ETag is a digest of the bytes. */
export function usesKms({ encryption }: StorageSettings): boolean {
  return encryption[SSE]?.startsWith('aws:kms') === true;
}

/** The ETag of bytes, without quotes: their MD5, but under a KMS key a value that does not depend on them. */
export function eTagFor(settings: StorageSettings, md5: string): string {
  return usesKms(settings) ? randomBytes(16).toString('hex') : md5;
}

/** Refuses an archived object, which cannot be read before it is restored. @throws {S3Error} 403 */
export function refuseArchived({ storageClass }: StorageSettings): void {
  if (!ARCHIVED.has(storageClass)) return;
  throw new S3Error(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
    StorageClass: storageClass,
  });
}
