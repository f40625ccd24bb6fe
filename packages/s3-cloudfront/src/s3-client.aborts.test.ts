import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { askedOf } from '../test-support/asked-of.ts';
import type { S3Client } from './s3-client.ts';

const head = { contentType: 'video/mp4' };
const page = { prefix: '', limit: 1 };
const document = { key: 'a', text: '{}', contentType: 'application/json', mustBeAbsent: true };

/** Every method that sends a request. */
const methods: Readonly<Record<string, (client: S3Client, signal: AbortSignal) => Promise<unknown>>> = {
  takesForms: (client, signal) => client.takesForms(signal),
  createMultipartUpload: (client, signal) => client.createMultipartUpload('a', head, signal),
  listParts: (client, signal) => client.listParts('a', 'u', signal),
  completeMultipartUpload: (client, signal) => client.completeMultipartUpload('a', 'u', [], signal),
  abortMultipartUpload: (client, signal) => client.abortMultipartUpload('a', 'u', signal),
  listMultipartUploads: (client, signal) => client.listMultipartUploads(page, signal),
  copyObject: (client, signal) => client.copyObject('a', 'b', head, signal),
  putObject: (client, signal) => client.putObject(document, signal),
  getObject: (client, signal) => client.getObject('a', 1, signal),
  getSizeBytes: (client, signal) => client.getSizeBytes('a', signal),
  readRange: (client, signal) => client.readRange('a', 0, 1, signal),
  listObjects: (client, signal) => client.listObjects(page, signal),
  listVersions: (client, signal) => client.listVersions('', undefined, signal),
  deleteObject: (client, signal) => client.deleteObject({ key: 'a' }, signal),
  deleteObjects: (client, signal) => client.deleteObjects([{ key: 'a' }], signal),
};

test.each(Object.entries(methods))(
  '%s: an abort ends a request that the store does not answer, with the reason of the abort',
  async (_name, ask) => {
    const caller = new AbortController();
    const reason = new Error('The host stops.');
    let closed: Promise<unknown> | undefined;
    const silent = (_request: IncomingMessage, response: ServerResponse) => {
      closed = once(response, 'close');
      caller.abort(reason);
    };
    await askedOf(silent, async (client) => {
      await expect(ask(client, caller.signal)).rejects.toBe(reason);
      await closed;
    });
    expect(closed).toBeDefined();
  },
  30_000,
);
