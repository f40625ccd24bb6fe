import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client as SdkClient } from '@aws-sdk/client-s3';
import { systemClock } from '@videostorage/core';
import { collectAnswer } from '../src/bounded-body.ts';
import { S3Client } from '../src/s3-client.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };

/** An SDK client as this package makes them, by path and with one attempt. */
export function sdkClient(endpoint: string, own: object = {}): SdkClient {
  return new SdkClient({
    endpoint,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    streamCollector: collectAnswer,
    ...own,
  });
}

/** The result of a client's call to a server with this listener. */
export async function askedOf<T>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  ask: (client: S3Client) => Promise<T>,
): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sdk = sdkClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await ask(new S3Client(sdk, { bucket: 'videos', clock: systemClock }));
  } finally {
    sdk.destroy();
    server.closeAllConnections();
    server.close();
  }
}

/** Answers as S3 does, with this body; without a request id, which not every store sends. */
export const answerXml = (response: ServerResponse, body: string): void =>
  void response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
