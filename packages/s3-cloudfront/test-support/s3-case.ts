import * as aws from '@aws-sdk/client-s3';

/** A store to test, with an empty bucket. */
export interface StoreUnderTest {
  readonly client: aws.S3Client;
  readonly bucket: string;
}

/** One behaviour of S3: what is done, and the status or error that it must give. */
export interface S3Case {
  readonly name: string;
  readonly expected: string;
  /** Different answers that a store is known to give. */
  readonly quirks?: Readonly<Record<string, { readonly answer: string; readonly reason: string }>>;
  run(store: StoreUnderTest): Promise<string>;
}

/** Zeros. */
export const bytes = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size);

/** Status and S3's code of an answer. */
export async function describe(response: Response): Promise<string> {
  const text = await response.text();
  const [, code] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}

/** Status of an SDK call, and the name of its error. */
export async function outcome(
  call: Promise<{ readonly $metadata: { readonly httpStatusCode?: number | undefined } }>,
): Promise<string> {
  return call.then(
    (answer) => String(answer.$metadata.httpStatusCode),
    (error: { readonly name: string; readonly $metadata?: { readonly httpStatusCode?: number } }) =>
      `${error.$metadata?.httpStatusCode} ${error.name}`,
  );
}

/** Begins an upload of the key `k` in parts, and returns its id. */
export async function begin({ client, bucket }: StoreUnderTest): Promise<string> {
  const answer = await client.send(new aws.CreateMultipartUploadCommand({ Bucket: bucket, Key: 'k' }));
  return answer.UploadId ?? '';
}

/** Sends a part of zeros, and returns its ETag. */
export async function putPart(
  { client, bucket }: StoreUnderTest,
  UploadId: string,
  PartNumber: number,
  size: number,
): Promise<string> {
  const answer = await client.send(
    new aws.UploadPartCommand({ Bucket: bucket, Key: 'k', UploadId, PartNumber, Body: bytes(size) }),
  );
  return answer.ETag ?? '';
}

/** Joins the parts of the key `k`. */
export const complete = (
  { client, bucket }: StoreUnderTest,
  UploadId: string,
  Parts: aws.CompletedPart[],
  conditions: { readonly IfNoneMatch?: string; readonly MpuObjectSize?: number } = {},
): Promise<string> => {
  const input = { Bucket: bucket, Key: 'k', UploadId, MultipartUpload: { Parts }, ...conditions };
  return outcome(client.send(new aws.CompleteMultipartUploadCommand(input)));
};
