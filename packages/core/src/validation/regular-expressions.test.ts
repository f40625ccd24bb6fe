import { describe, expect, test } from 'vitest';
import { oneOfEach } from '../../test-support/one-of-each.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { contentDisposition } from './content-disposition.ts';
import { validateCustomMetadata } from './custom-metadata.ts';
import { validateIdentifier } from './identifier.ts';
import { canonicalMimeType, sameMimeType } from './media-types.ts';
import { isVideoId, parseObjectVideoId } from './object-video-id.ts';
import { sanitizeFileName } from './sanitize-file-name.ts';
import { validateUploadId } from './upload-id.ts';
import { parseUploadMetadata, stringifyUploadMetadata } from './upload-metadata.ts';
import { Validator } from './validator.ts';

describe('T-I1: 100 KiB of hard input for each function; in quadratic time, each would take 10 000 million steps', () => {
  const pieces = [
    'a',
    '.',
    ' ',
    '.exe',
    '/',
    ';',
    ',',
    '=',
    'A',
    '-',
    '%',
    '"',
    '\0',
    '\ud800',
    '\u0301\u0316',
    '\u202e',
    '. ',
    '長',
    '0',
  ];
  const variants = pieces.map((piece) => {
    const long = piece.repeat(Math.ceil(102_400 / piece.length));
    return [long, `${long}!`, `a${long}`, `!${long}.mp4`, `video/${long}`, `key ${long}`];
  });
  const texts = oneOfEach(variants);
  const request: UploadRequest = {
    userId: 'u',
    contextId: 'c',
    fileName: 'a.mp4',
    sizeBytes: 1,
    mimeType: 'video/mp4',
  };

  test.each<[string, (text: string) => unknown]>([
    ['sanitizeFileName', (text) => sanitizeFileName(text)],
    ['contentDisposition', (text) => contentDisposition('inline', text)],
    ['validateIdentifier', (text) => validateIdentifier('userId', text)],
    ['validateUploadId', (text) => validateUploadId('uploadId', text)],
    ['validateCustomMetadata, key', (text) => validateCustomMetadata('custom', { [text]: 'x' })],
    ['validateCustomMetadata, value', (text) => validateCustomMetadata('custom', { key: text })],
    ['canonicalMimeType', (text) => [canonicalMimeType(text, text), sameMimeType(text, text)]],
    ['parseObjectVideoId', (text) => [isVideoId(text), parseObjectVideoId(text)]],
    ['validateFileName', (text) => new Validator().validateFileName(text)],
    ['parseUploadMetadata', (text) => answer(() => parseUploadMetadata(text))],
    ['stringifyUploadMetadata, key', (text) => answer(() => stringifyUploadMetadata(new Map([[text, 'x']])))],
    ['stringifyUploadMetadata, value', (text) => answer(() => stringifyUploadMetadata(new Map([['key', text]])))],
    [
      'validateUploadRequest',
      (text) => Object.keys(request).map((name) => answer(() => validate({ ...request, [name]: text }))),
    ],
  ])('%s', (_name, run) => {
    for (const text of texts) expect(run(text)).not.toBe(text);
  });

  function validate(changed: UploadRequest): UploadRequest {
    return new Validator().validateUploadRequest(changed);
  }

  function answer(action: () => unknown): unknown {
    try {
      return action();
    } catch (error) {
      expect(error).toMatchObject({ code: 'VALIDATION_FAILED' });
      return 'refused';
    }
  }
});
