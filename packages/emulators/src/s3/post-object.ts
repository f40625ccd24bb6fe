import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Check, checksumCheck, checksumsOf, md5Check } from './body-checks.ts';
import type { BodyFiles } from './body-files.ts';
import type { Bucket } from './bucket.ts';
import { readObjectHead } from './object-head.ts';
import { type PostForm, readForm } from './post-form.ts';
import { enforcePostPolicy, type SizeBounds } from './post-policy.ts';
import { refuseUnpaid } from './requester-pays.ts';
import { refuseLongKey, S3Error } from './s3-error.ts';
import { answerXml } from './s3-request.ts';
import type { SigningIdentity } from './signing-scope.ts';
import { eTagFor, setEncryption } from './storage-settings.ts';
import { isCeph, type StoreAbilities } from './store-abilities.ts';
import type { ObjectVersion, StoredBytes } from './stored-object.ts';
import { refuseAclAndNotEmulated } from './write-conditions.ts';

const MAX_FILE_BYTES = 5 * 1024 ** 3;
/** S3 replaces this by the name of the file, in every field. */
const FILE_NAME = ['$', '{filename}'].join('');

/** What a form upload is checked against. */
export interface PostRules {
  readonly bucket: Bucket;
  readonly identity: SigningIdentity;
  readonly files: BodyFiles;
  readonly nowMs: number;
  /** `http://host:port` of the answer's URLs. */
  readonly origin: string;
  /** False: accepts any form that names a key, as some S3-compatible stores do. */
  readonly enforcePolicy: boolean;
  /** Whether the form must declare that the requester pays. */
  readonly requesterPays: boolean;
  readonly abilities: StoreAbilities;
}

/** Receives one form upload. @throws {S3Error} as S3 would refuse */
export async function postObject(request: IncomingMessage, response: ServerResponse, rules: PostRules): Promise<void> {
  if (rules.abilities.withoutPostPolicies === true)
    throw new S3Error(501, 'NotImplemented', 'POST Object is not implemented.');
  const form = await readForm(request);
  try {
    const version = await takeIn(form, rules);
    answer(response, form.fields, rules, version);
  } finally {
    // A file that was refused unread would block the rest of the form.
    form.file.resume();
  }
}

async function takeIn(form: PostForm, rules: PostRules): Promise<ObjectVersion> {
  const { bucket, nowMs } = rules;
  const fields = expandFileName(form);
  const key = fields.get('key');
  if (key === undefined || key === '')
    throw new S3Error(400, 'InvalidArgument', "Bucket POST must contain a field named 'key'.", { ArgumentName: 'key' });
  const bounds = rules.enforcePolicy ? readBounds(fields, rules) : { minBytes: 0, maxBytes: MAX_FILE_BYTES };
  if (rules.requesterPays) refuseUnpaid(fields.get('x-amz-request-payer'));
  refuseAclAndNotEmulated(fields);
  refuseLongKey(key);
  const head = readObjectHead(fields);
  const bytes = await storeWithin(form, digestsOf(fields, rules.abilities), rules.files, bounds);
  return bucket.put(key, head, bytes, eTagFor(head, bytes.md5), nowMs);
}

function readBounds(
  fields: ReadonlyMap<string, string>,
  { bucket, identity, nowMs, abilities }: PostRules,
): SizeBounds {
  try {
    return enforcePostPolicy(fields, bucket.name, identity, nowMs);
  } catch (error) {
    const isForged = error instanceof S3Error && error.code === 'SignatureDoesNotMatch';
    throw isForged && isCeph(abilities) ? new S3Error(403, 'AccessDenied', 'Access Denied') : error;
  }
}

function expandFileName({ fields, fileName }: PostForm): Map<string, string> {
  const lastPart = fileName.split(/[/\\]/).at(-1) ?? '';
  for (const [name, value] of fields) fields.set(name, value.split(FILE_NAME).join(lastPart));
  return fields;
}

async function storeWithin(
  form: PostForm,
  checks: readonly Check[],
  files: BodyFiles,
  bounds: SizeBounds,
): Promise<StoredBytes> {
  const bytes = await files
    .store(form.file, Math.min(bounds.maxBytes, MAX_FILE_BYTES), (chunk) => {
      for (const { running } of checks) running.update(chunk);
    })
    .catch(async (error: unknown) => {
      // Rejects with the reason why the file ended too early.
      await form.complete;
      throw error;
    });
  try {
    await form.complete;
    if (bytes.sizeBytes < bounds.minBytes) {
      throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        ProposedSize: bytes.sizeBytes,
        MinSizeAllowed: bounds.minBytes,
      });
    }
    for (const { running, expected, wrong } of checks) if (running.digest() !== expected) throw wrong();
    return bytes;
  } catch (error) {
    await rm(bytes.path, { force: true });
    throw error;
  }
}

function digestsOf(fields: ReadonlyMap<string, string>, abilities: StoreAbilities): readonly Check[] {
  const contentMd5 = fields.get('content-md5');
  return [
    ...(contentMd5 === undefined ? [] : [md5Check(contentMd5)]),
    ...(isCeph(abilities) ? [] : checksumsOf(fields).map(([name, value]) => checksumCheck(name, value))),
  ];
}

function answer(
  response: ServerResponse,
  fields: ReadonlyMap<string, string>,
  { bucket, origin, abilities }: PostRules,
  version: ObjectVersion,
): void {
  const { key, eTag, versionId } = version;
  const hasHeaders = !isCeph(abilities);
  const ETag = hasHeaders ? `"${eTag}"` : eTag;
  if (hasHeaders) response.setHeader('ETag', ETag);
  setEncryption(response, version, abilities);
  if (bucket.versioned) response.setHeader('x-amz-version-id', versionId);
  const redirect = fields.get('success_action_redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag: ETag }))
      url.searchParams.set(name, value);
    response.writeHead(303, { Location: url.href }).end();
    return;
  }
  const status = fields.get('success_action_status');
  const place = `${bucket.name}/${encodeURIComponent(key)}`;
  const Location = hasHeaders ? `${origin}/${place}` : `localhost/${place}`;
  if (hasHeaders) response.setHeader('Location', Location);
  if (status === '201') answerXml(response, 201, 'PostResponse', { Location, Bucket: bucket.name, Key: key, ETag });
  else response.writeHead(status === '200' ? 200 : 204).end();
}
