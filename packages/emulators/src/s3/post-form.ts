import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { S3Error } from './s3-error.ts';

/** The limit of a form without its file (Amazon S3 API Reference, "POST Object"). */
const MAX_FORM_BYTES = 20 * 1024;

/** A form that was received up to its file. */
export interface PostForm {
  /** Names in lower case; the values of a repeated field are joined by commas. */
  readonly fields: Map<string, string>;
  readonly file: Readable;
  readonly fileName: string;
  /** Resolves after the last byte of the form; rejects with an `S3Error` when it ends too early or has a second file. */
  readonly complete: Promise<void>;
}

/**
 * Reads up to the file; fields that follow it are ignored, as S3 does. The caller must read or drop the file. @throws {S3Error}
 */
export function readForm(request: IncomingMessage): Promise<PostForm> {
  return new Promise<PostForm>((resolve, reject) => {
    const parser = startParser(request);
    const fields = new Map<string, string>();
    let preDataBytes = 0;
    let fileCount = 0;
    const complete = new Promise<void>((done, fail) => {
      parser.on('error', (error) => {
        // The rest of a form that cannot be parsed is read and dropped, so that the sender can read the refusal.
        request.unpipe(parser);
        request.resume();
        fail(error instanceof S3Error ? error : malformed());
      });
      parser.on('close', () => (fileCount === 1 ? done() : fail(wrongNumberOfFiles())));
    });
    complete.catch(reject);
    const count = (sizeBytes: number) => {
      preDataBytes += sizeBytes;
      if (preDataBytes > MAX_FORM_BYTES) parser.destroy(preDataTooLarge());
    };
    parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      if (fileCount > 0) return;
      count(nameTruncated || valueTruncated ? MAX_FORM_BYTES + 1 : Buffer.byteLength(name) + Buffer.byteLength(value));
      const known = fields.get(name.toLowerCase());
      fields.set(name.toLowerCase(), known === undefined ? value : `${known},${value}`);
    });
    parser.on('file', (name, file, { filename }) => {
      // The parser reports a broken file as an error of its own, too.
      file.on('error', () => undefined);
      if (name.toLowerCase() === 'file') fileCount += 1;
      if (name.toLowerCase() === 'file' && fileCount === 1) {
        resolve({ fields, file, fileName: filename ?? '', complete });
        return;
      }
      // A file under another name is an unknown field: it counts before the file and is ignored after it.
      file.on('data', (chunk: Buffer) => fileCount === 0 && count(chunk.length));
    });
    // When the sender disconnects in the middle, the parser never ends by itself.
    const breakOff = () => {
      if (!request.readableEnded) parser.destroy(incomplete());
    };
    request.once('close', breakOff);
    if (request.destroyed) breakOff();
    else request.pipe(parser);
  });
}

function startParser(request: IncomingMessage): busboy.Busboy {
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? ''))
    throw new S3Error(412, 'PreconditionFailed', 'Bucket POST must be of the enclosure-type multipart/form-data');
  try {
    const limits = { fieldSize: MAX_FORM_BYTES, fieldNameSize: MAX_FORM_BYTES };
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch {
    throw malformed();
  }
}

function malformed(): S3Error {
  return new S3Error(
    400,
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  );
}

function preDataTooLarge(): S3Error {
  return new S3Error(
    400,
    'MaxPostPreDataLengthExceeded',
    'Your POST request fields preceding the upload file were too large.',
  );
}

function incomplete(): S3Error {
  return new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly.');
}

function wrongNumberOfFiles(): S3Error {
  return new S3Error(400, 'IncorrectNumberOfFilesInPostRequest', 'POST requires exactly one file upload per request.');
}
