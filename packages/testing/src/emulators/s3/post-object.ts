import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import type { BodyFiles } from './body-files.ts';
import type { Bucket } from './bucket.ts';
import { tooLarge } from './object-calls.ts';
import { enforcePostPolicy, type SizeBounds } from './post-policy.ts';
import { S3Error } from './s3-error.ts';
import { answerXml } from './s3-request.ts';
import type { SigningIdentity } from './signature-v4.ts';
import type { StoredBytes } from './stored-object.ts';

/** All of a form but the file (Amazon S3 API Reference, "POST Object"). */
const MAX_FORM_BYTES = 20 * 1024;
const MAX_FILE_BYTES = 5 * 1024 ** 3;
/** S3 puts the name of the file in its place. */
const FILE_NAME = ['$', '{filename}'].join('');

/** What a form upload is checked against. */
export interface PostRules {
  readonly bucket: Bucket;
  readonly identity: SigningIdentity;
  readonly files: BodyFiles;
  readonly nowMs: number;
  /** False: takes any form that names a key, as careless S3-compatible stores do. */
  readonly enforcePolicy: boolean;
}

interface Form {
  readonly fields: Map<string, string>;
  readonly file: Readable;
  readonly fileName: string;
}

/** Takes in one form upload. @throws {S3Error} as S3 would refuse */
export async function postObject(request: IncomingMessage, response: ServerResponse, rules: PostRules): Promise<void> {
  const { bucket, nowMs } = rules;
  const { fields, file, fileName } = await readForm(request);
  const template = fields.get('key');
  if (template === undefined || template === '') throw malformed('POST requires exactly one key.');
  const key = template.replaceAll(FILE_NAME, fileName.split(/[/\\]/).at(-1) ?? '');
  fields.set('key', key);
  const bounds = rules.enforcePolicy
    ? enforcePostPolicy(fields, bucket.name, rules.identity, nowMs)
    : { minBytes: 0, maxBytes: MAX_FILE_BYTES };
  if (fields.has('acl')) {
    throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  const bytes = await storeWithin(file, rules.files, bounds);
  const contentMd5 = fields.get('content-md5');
  if (contentMd5 !== undefined && contentMd5 !== Buffer.from(bytes.md5, 'hex').toString('base64')) {
    await rm(bytes.path, { force: true });
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const version = await bucket.put(key, headOf(fields), bytes, bytes.md5, nowMs);
  answer(response, fields, bucket, key, version.eTag);
}

/** Reads up to the file; what follows it is ignored, as S3 does. */
function readForm(request: IncomingMessage): Promise<Form> {
  return new Promise<Form>((resolve, reject) => {
    const type = request.headers['content-type'] ?? '';
    if (!/^multipart\/form-data\s*;/i.test(type)) {
      reject(new S3Error(412, 'PreconditionFailed', 'Bucket POST must be of the enclosure-type multipart/form-data'));
      return;
    }
    const fields = new Map<string, string>();
    let sizeBytes = 0;
    let seen = false;
    const parser = busboy({
      headers: request.headers,
      limits: { fieldSize: MAX_FORM_BYTES, fields: 100 },
      defParamCharset: 'utf8',
    });
    parser.on('field', (name, value, info) => {
      sizeBytes += name.length + Buffer.byteLength(value);
      if (info.valueTruncated || sizeBytes > MAX_FORM_BYTES) {
        reject(
          new S3Error(
            400,
            'MaxPostPreDataLengthExceeded',
            'Your POST request fields preceding the upload file were too large.',
          ),
        );
      } else if (!seen) {
        const known = fields.get(name.toLowerCase());
        fields.set(name.toLowerCase(), known === undefined ? value : `${known},${value}`);
      }
    });
    parser.on('file', (name, file, info) => {
      if (name.toLowerCase() !== 'file' || seen) {
        file.resume();
        return;
      }
      seen = true;
      resolve({ fields, file, fileName: info.filename ?? '' });
    });
    parser.on('error', () =>
      reject(malformed('The body of your POST request is not well-formed multipart/form-data.')),
    );
    parser.on('close', () => {
      if (!seen) reject(malformed('POST requires exactly one file upload per request.'));
    });
    request.pipe(parser);
  });
}

async function storeWithin(file: Readable, files: BodyFiles, bounds: SizeBounds): Promise<StoredBytes> {
  const maxBytes = Math.min(bounds.maxBytes, MAX_FILE_BYTES);
  const bytes = await files.store(file, maxBytes, () => tooLarge(maxBytes));
  if (bytes.sizeBytes >= bounds.minBytes) return bytes;
  await rm(bytes.path, { force: true });
  throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    ProposedSize: bytes.sizeBytes,
    MinSizeAllowed: bounds.minBytes,
  });
}

function headOf(fields: ReadonlyMap<string, string>) {
  const metadata = [...fields].flatMap(([name, value]) =>
    name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), value] as const] : [],
  );
  return {
    contentType: fields.get('content-type') ?? 'binary/octet-stream',
    contentDisposition: fields.get('content-disposition'),
    metadata: Object.fromEntries(metadata),
  };
}

function answer(
  response: ServerResponse,
  fields: ReadonlyMap<string, string>,
  bucket: Bucket,
  key: string,
  eTag: string,
): void {
  response.setHeader('ETag', `"${eTag}"`);
  const redirect = fields.get('success_action_redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag: `"${eTag}"` }))
      url.searchParams.set(name, value);
    response.writeHead(303, { Location: url.href }).end();
    return;
  }
  const status = fields.get('success_action_status');
  const Location = `/${bucket.name}/${encodeURIComponent(key)}`;
  response.setHeader('Location', Location);
  if (status === '201')
    answerXml(response, 201, 'PostResponse', { Location, Bucket: bucket.name, Key: key, ETag: `"${eTag}"` });
  else response.writeHead(status === '200' ? 200 : 204).end();
}

function malformed(message: string): S3Error {
  return new S3Error(400, 'MalformedPOSTRequest', message);
}
