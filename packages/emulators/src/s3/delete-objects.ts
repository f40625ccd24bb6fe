import { headerNotImplemented, S3Error } from './s3-error.ts';
import { answerXml, type S3Request } from './s3-request.ts';
import { childElements, childTexts, fromXml, malformedXml } from './s3-xml.ts';
import { readSignedText } from './signed-body.ts';
import { refuseConditionalDelete } from './write-conditions.ts';

const MAX_KEYS = 1000;

/** `POST ?delete`: 200 even when single keys are refused. The keys in `denied` are refused, for tests. */
export async function deleteObjects(call: S3Request, denied: ReadonlySet<string>): Promise<void> {
  const { request, bucket, abilities, nowMs } = call;
  const checksum = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm',
  );
  if (abilities.withoutDeleteChecksums === true && checksum !== undefined) throw headerNotImplemented(checksum);
  const { text, isProtected } = await readSignedText(call);
  if (!isProtected) {
    throw new S3Error(
      400,
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  }
  const document = fromXml('Delete', text);
  const wanted = childElements(document, 'Object').map((object) => {
    const [Key] = childTexts(object, 'Key');
    if (Key === undefined || Key === '') throw malformedXml();
    refuseConditionalDelete(Object.keys(object), abilities);
    return { Key, VersionId: childTexts(object, 'VersionId')[0] };
  });
  if (wanted.length === 0 || wanted.length > MAX_KEYS) throw malformedXml();
  const Deleted: object[] = [];
  const Errors: object[] = [];
  for (const { Key, VersionId } of wanted) {
    if (denied.has(Key)) {
      Errors.push({ Key, VersionId, Code: 'AccessDenied', Message: 'Access Denied' });
      continue;
    }
    try {
      const { deleteMarker, versionId } = await bucket.delete(Key, VersionId, nowMs);
      Deleted.push({
        Key,
        VersionId,
        ...(deleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: versionId }),
      });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      Errors.push({ Key, VersionId, Code: error.code, Message: error.message });
    }
  }
  const isQuiet = childTexts(document, 'Quiet')[0] === 'true';
  answerXml(call.response, 200, 'DeleteResult', { Deleted: isQuiet ? [] : Deleted, Error: Errors });
}
