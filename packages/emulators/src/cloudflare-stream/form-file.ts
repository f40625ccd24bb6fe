import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { badRequest, StreamRefusal } from './stream-refusal.ts';

/** A file that was sent as a field of a form. */
export interface FormFile {
  /** Path of the file, which belongs to the caller. */
  readonly path: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** Name that the sender gave it. */
  readonly fileName: string;
  /** The other fields. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The most bytes of a form beside its file. */
const MAX_ENVELOPE_BYTES = 1024 * 1024;

/**
 * Receives the field `file` of a `multipart/form-data` body. Keeps the connection open, so that a refusal reaches the sender.
 * @throws {StreamRefusal}
 */
export async function receiveFormFile(request: IncomingMessage, folder: string, maxBytes: number): Promise<FormFile> {
  // A body that announces too many bytes is refused before anything is written.
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + MAX_ENVELOPE_BYTES) throw tooLarge(maxBytes);
  const parser = parserOf(request, maxBytes);
  const path = join(folder, randomUUID());
  const fields: Record<string, string> = {};
  let fileName: string | undefined;
  const writing: Promise<void>[] = [];
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  parser.on('file', (name, file, info) => {
    if (name !== 'file' || fileName !== undefined) {
      file.resume();
      return;
    }
    fileName = info.filename ?? '';
    writing.push(pipeline(file, createWriteStream(path, { flags: 'wx' })));
  });
  const outcomes = await Promise.allSettled([pipeline(request.iterator({ destroyOnReturn: false }), parser)]);
  const failure = [...outcomes, ...(await Promise.allSettled(writing))].find(
    (outcome) => outcome.status === 'rejected',
  );
  const sizeBytes = fileName === undefined || failure !== undefined ? 0 : (await stat(path)).size;
  const refusal = refusalOf(failure, fileName, sizeBytes, maxBytes);
  if (refusal !== undefined || fileName === undefined) {
    await rm(path, { force: true });
    throw refusal;
  }
  return { path, sizeBytes, fileName, fields };
}

function parserOf(request: IncomingMessage, maxBytes: number): busboy.Busboy {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? ''))
    throw badRequest('the body must be multipart/form-data.');
  try {
    return busboy({ headers: request.headers, limits: { fileSize: maxBytes + 1, fields: 100, fieldSize: 64 * 1024 } });
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function refusalOf(
  failure: PromiseRejectedResult | undefined,
  fileName: string | undefined,
  sizeBytes: number,
  maxBytes: number,
): StreamRefusal | undefined {
  if (failure !== undefined) return badRequest('the form is not well-formed.');
  if (fileName === undefined) return badRequest('the form must hold the field "file".');
  if (sizeBytes > maxBytes) return tooLarge(maxBytes);
  return undefined;
}

function tooLarge(maxBytes: number): StreamRefusal {
  return new StreamRefusal(413, 10005, `The file is larger than ${maxBytes} bytes.`);
}
