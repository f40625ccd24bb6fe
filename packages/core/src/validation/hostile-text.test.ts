import { describe, expect, test } from 'vitest';
import { HOSTILE_TEXT } from '../../test-support/hostile-text.ts';
import type { ValidationError } from '../errors/request-errors.ts';
import { consoleSink } from '../log/console-sink.ts';
import { Logger } from '../log/logger.ts';
import { contentDisposition } from './content-disposition.ts';
import { validateIdentifier } from './identifier.ts';
import { objectVideoId, parseObjectVideoId } from './object-video-id.ts';
import { sanitizeFileName } from './sanitize-file-name.ts';
import { parseUploadMetadata, stringifyUploadMetadata } from './upload-metadata.ts';
import { Validator } from './validator.ts';

const UPLOAD_ID = '0123456789abcdef0123456789abcdef';
const UNSAFE = /[\r\n\0\u2028\u2029]|\p{Cs}/u;
const validator = new Validator();

/** What the error shows a user, or undefined when the text is valid as a file name. */
function refusal(text: string): ValidationError | undefined {
  try {
    validator.validateUploadRequest({
      userId: 'u',
      contextId: text,
      fileName: text,
      sizeBytes: 1,
      mimeType: text,
      custom: { [text]: text },
      uploadId: text,
    });
  } catch (error) {
    return error as ValidationError;
  }
  return undefined;
}

/** The line that a log writes, with the text in every field that takes text. */
function logLine(text: string): string {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logger = new Logger({ sink: consoleSink({ debug: write, info: write, warn: write, error: write }) });
  const ids = { userId: text, contextId: text, videoId: text, role: text, requestId: text, operation: text };
  logger.log('warn', 'upload.failed', { ...ids, code: text, message: text });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines.join(''))).toMatchObject({ event: 'upload.failed' });
  return lines.join('');
}

describe('T-F1: no output of validation for the corpus throws or has a CR, LF, NUL or lone surrogate', () => {
  test.each(Object.entries(HOSTILE_TEXT))('%s', (_name, text) => {
    const name = sanitizeFileName(text);
    const outputs = {
      displayName: name,
      header: contentDisposition('attachment', text),
      uploadMetadata: stringifyUploadMetadata(new Map([['name', name]])),
      key: objectVideoId(UPLOAD_ID, 'video/mp4'),
      json: JSON.stringify({ name }),
      url: encodeURIComponent(name),
      logLine: logLine(text),
      problems: JSON.stringify(refusal(text)),
      message: refusal(text)?.message ?? '',
    };
    for (const output of Object.values(outputs)) expect(output).not.toMatch(UNSAFE);
    for (const ascii of [outputs.header, outputs.uploadMetadata, outputs.key, outputs.url])
      expect(ascii).toMatch(/^[ -~]*$/);

    expect(new Headers({ a: outputs.header, b: outputs.uploadMetadata }).get('a')).toBe(outputs.header);
    expect(parseUploadMetadata(outputs.uploadMetadata).get('name')).toBe(name);
    expect(decodeURIComponent(outputs.url)).toBe(name);
    expect(outputs.key).toBe(`${UPLOAD_ID}-mp4`);
    expect(validator.validateFileName(name)).toEqual([]);
  });
});

test('T-F1: every text is refused as type, upload id and key, and says so without repeating it', () => {
  for (const text of Object.values(HOSTILE_TEXT)) {
    const error = refusal(text);
    expect(error?.code).toBe('VALIDATION_FAILED');
    expect(error?.problems.map((problem) => problem.path)).toEqual(expect.arrayContaining(['uploadId']));
    if (text.length > 12) expect(error?.message).not.toContain(text);
  }
});

test('T-F2: encoded texts are not valid video ids, neither encoded nor decoded once or twice', () => {
  const encoded = ['%252e%252e%252f', '..%5c', '%00', '%2e%2e%2f', `${UPLOAD_ID}%2dmp4`, `${UPLOAD_ID}-mp4%00`];
  for (const text of encoded) {
    for (const decoded of [text, decodeURIComponent(text), decodeURIComponent(decodeURIComponent(text))]) {
      if (decoded !== `${UPLOAD_ID}-mp4`) expect(parseObjectVideoId(decoded)).toBeUndefined();
    }
  }
  expect(parseObjectVideoId('%')).toBeUndefined();
});

test('an accepted id contains nothing that breaks a header or a log line', () => {
  for (const text of Object.values(HOSTILE_TEXT)) {
    const { value, problems } = validateIdentifier('userId', text);
    if (problems.length === 0) expect(value).not.toMatch(UNSAFE);
  }
});
