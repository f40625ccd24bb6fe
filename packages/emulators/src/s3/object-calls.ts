import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isGone } from './body-files.ts';
import { parseByteRange } from './byte-range.ts';
import { unmetCondition } from './object-conditions.ts';
import { readObjectHead } from './object-head.ts';
import { noSuchKey, preconditionFailed, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { receive } from './signed-body.ts';
import { eTagFor, refuseArchived, setEncryption } from './storage-settings.ts';
import type { ObjectVersion } from './stored-object.ts';
import { askedOf, readWriteConditions, refuseAclAndNotEmulated, refuseConditionalDelete } from './write-conditions.ts';

/** Headers that the query of a signed GET may set in place of the stored ones. */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** PUT of a whole object. */
export async function putObject(call: S3Request): Promise<void> {
  const { request, response, bucket, key, nowMs } = call;
  const headers = Object.entries(request.headers);
  refuseAclAndNotEmulated(askedOf(call));
  const head = readObjectHead(headers);
  const conditions = readWriteConditions(call, 'put');
  const bytes = await receive(call);
  const version = await bucket.put(key, head, bytes, eTagFor(head, bytes.md5), nowMs, conditions);
  response.setHeader('ETag', `"${version.eTag}"`);
  setEncryption(response, version, call.abilities);
  if (bucket.versioned) response.setHeader('x-amz-version-id', version.versionId);
  response.writeHead(200).end();
}

/** GET and HEAD, with ranges and conditions. */
export async function getObject(call: S3Request): Promise<void> {
  const { request, response } = call;
  const object = findObject(call);
  const unmet = unmetCondition((condition) => request.headers[`if-${condition.toLowerCase()}`]?.toString(), object);
  if (unmet === 'None-Match' || unmet === 'Modified-Since') {
    describe(call, object);
    return void response.writeHead(304).end();
  }
  if (unmet !== undefined) throw preconditionFailed(`If-${unmet}`);
  const range = parseByteRange(request.headers.range, object.sizeBytes);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${object.sizeBytes}`);
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      ActualObjectSize: object.sizeBytes,
    });
  }
  if (request.method === 'GET') refuseArchived(object);
  describe(call, object);
  const { start, end } = range === 'whole' ? { start: 0, end: object.sizeBytes - 1 } : range;
  response.setHeader('Content-Length', end - start + 1);
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${start}-${end}/${object.sizeBytes}`);
  const status = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD' || object.sizeBytes === 0) return void response.writeHead(status).end();
  // Opened before the answer begins, so that a delete from here on does no harm to the answer.
  const file = await open(object.path).catch((error: unknown) => {
    throw isGone(error) ? noSuchKey(object.key) : error;
  });
  await pipeline(file.createReadStream({ start, end }), response.writeHead(status));
}

/** DELETE; deleting a missing key succeeds. */
export async function deleteObject(call: S3Request): Promise<void> {
  const { response, abilities, bucket, key, query, nowMs } = call;
  const names = askedOf(call).map(([name]) => name);
  refuseConditionalDelete(names, abilities);
  const { deleteMarker, versionId } = await bucket.delete(key, query.get('versionId') ?? undefined, nowMs);
  if (deleteMarker) response.setHeader('x-amz-delete-marker', 'true');
  if (versionId !== undefined && bucket.versioned) response.setHeader('x-amz-version-id', versionId);
  response.writeHead(204).end();
}

/** Delete markers are reported in headers: 404 when one is current, 405 when it is requested by its version. */
function findObject({ response, bucket, key, query }: S3Request): ObjectVersion {
  const versionId = query.get('versionId');
  const found = versionId === null ? bucket.newest(key) : bucket.version(key, versionId);
  if (found === undefined && versionId !== null) {
    throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.', {
      Key: key,
      VersionId: versionId,
    });
  }
  if (found === undefined) throw noSuchKey(key);
  if (!found.deleteMarker) return found;
  response.setHeader('x-amz-delete-marker', 'true');
  response.setHeader('x-amz-version-id', found.versionId);
  if (versionId === null) throw noSuchKey(key);
  response.setHeader('Allow', 'DELETE');
  throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
}

function describe({ response, bucket, query, abilities }: S3Request, object: ObjectVersion): void {
  for (const [name, value] of Object.entries(object.headers)) response.setHeader(name, value);
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value === null) continue;
    if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(value))
      throw new S3Error(400, 'InvalidArgument', `response-${name} is not the value of a header.`);
    response.setHeader(name, value);
  }
  response.setHeader('ETag', `"${object.eTag}"`);
  response.setHeader('Accept-Ranges', 'bytes');
  setEncryption(response, object, abilities);
  if (object.storageClass !== 'STANDARD') response.setHeader('x-amz-storage-class', object.storageClass);
  if (object.retainUntilMs !== undefined) {
    response.setHeader('x-amz-object-lock-mode', 'COMPLIANCE');
    response.setHeader('x-amz-object-lock-retain-until-date', new Date(object.retainUntilMs).toISOString());
  }
  response.setHeader('Last-Modified', new Date(object.lastModifiedMs).toUTCString());
  if (bucket.versioned) response.setHeader('x-amz-version-id', object.versionId);
  for (const [name, value] of Object.entries(object.metadata)) response.setHeader(`x-amz-meta-${name}`, value);
}
