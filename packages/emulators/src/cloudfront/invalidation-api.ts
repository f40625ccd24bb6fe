import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from '../s3/s3-error.ts';
import { readText } from '../s3/s3-request.ts';
import { childElements, childTexts, fromXml, malformedXml, toXml } from '../s3/s3-xml.ts';
import { verifySignature } from '../s3/signature-v4.ts';
import type { SigningIdentity } from '../s3/signing-scope.ts';
import { type EmulatedInvalidation, InvalidationRefusal, type Invalidations } from './invalidations.ts';

/** The API of one distribution. */
export interface InvalidationApi {
  /** `http://host:port` of URLs in answers. */
  readonly origin: string;
  readonly distributionId: string;
  readonly identity: SigningIdentity;
  readonly invalidations: Invalidations;
}

/** The start of all paths of the API. */
const CALL = /^\/2020-05-31\/distribution\/([A-Za-z0-9]+)\/invalidation$/;
/** Errors whose status and code differ between S3 and CloudFront. */
const CODES: Readonly<Record<string, readonly [number, string]>> = {
  AccessDenied: [403, 'MissingAuthenticationToken'],
  AuthorizationHeaderMalformed: [400, 'IncompleteSignature'],
  InvalidAccessKeyId: [403, 'InvalidClientTokenId'],
  InvalidToken: [403, 'InvalidClientTokenId'],
  ExpiredToken: [403, 'ExpiredToken'],
};

/** Whether a path belongs to the API, and not to viewers. */
export function isApiPath(path: string): boolean {
  return path.startsWith('/2020-05-31/');
}

/** CreateInvalidation. @throws {InvalidationRefusal} */
export async function answerInvalidationCall(
  request: IncomingMessage,
  response: ServerResponse,
  api: InvalidationApi,
  nowMs: number,
): Promise<void> {
  const text = await readText(request);
  verifyCaller(request, api.identity, nowMs, text);
  const [, distributionId] = CALL.exec(request.url?.split('?')[0] ?? '') ?? [];
  if (distributionId === undefined || request.method !== 'POST')
    throw new InvalidationRefusal(501, 'NotImplemented', 'Of the API, CreateInvalidation is emulated.');
  if (distributionId !== api.distributionId)
    throw new InvalidationRefusal(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
  if (text === '') throw new InvalidationRefusal(400, 'MissingBody', 'The body is missing.');
  const { callerReference, items, quantity } = parseBatch(text);
  answerWith(response, api.invalidations.create(callerReference, items, quantity, nowMs), api, nowMs);
}

/** Answers with a refusal in the form of CloudFront's API. */
export function refuseApiCall(response: ServerResponse, error: unknown): void {
  const isKnown = error instanceof InvalidationRefusal || error instanceof S3Error;
  const { status, code, message } = isKnown
    ? error
    : { status: 500, code: 'InternalError', message: 'The emulator has failed.' };
  const RequestId = randomUUID();
  const body = toXml('ErrorResponse', {
    Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
    RequestId,
  });
  response.writeHead(status, { 'Content-Type': 'text/xml', 'x-amzn-requestid': RequestId }).end(body);
}

function verifyCaller(request: IncomingMessage, identity: SigningIdentity, nowMs: number, text: string): void {
  try {
    verifySignature(request, identity, nowMs, createHash('sha256').update(text).digest('hex'));
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const [status, code] = CODES[error.code] ?? [error.status, error.code];
    throw new InvalidationRefusal(status, code, error.message);
  }
}

function parseBatch(text: string): {
  readonly callerReference: string;
  readonly items: readonly string[];
  readonly quantity: number;
} {
  const batch = fromXml('InvalidationBatch', text);
  const [paths] = childElements(batch, 'Paths');
  const [quantity = ''] = paths === undefined ? [] : childTexts(paths, 'Quantity');
  if (paths === undefined || !/^\d{1,9}$/.test(quantity)) throw malformedXml();
  // An element without children is parsed as empty text.
  const lists = paths['Items'] === '' ? [] : childElements(paths, 'Items');
  const items = lists.flatMap((list) => childTexts(list, 'Path'));
  return { callerReference: childTexts(batch, 'CallerReference')[0] ?? '', items, quantity: Number(quantity) };
}

function answerWith(
  response: ServerResponse,
  batch: EmulatedInvalidation,
  { origin, distributionId, invalidations }: InvalidationApi,
  nowMs: number,
): void {
  const body = toXml('Invalidation', {
    Id: batch.id,
    Status: invalidations.isCompleted(batch, nowMs) ? 'Completed' : 'InProgress',
    CreateTime: new Date(batch.createdAtMs).toISOString(),
    InvalidationBatch: {
      Paths: { Quantity: batch.items.length, Items: { Path: batch.items } },
      CallerReference: batch.callerReference,
    },
  });
  const Location = `${origin}/2020-05-31/distribution/${distributionId}/invalidation/${batch.id}`;
  response.writeHead(201, { 'Content-Type': 'text/xml', Location, 'x-amzn-requestid': randomUUID() }).end(body);
}
