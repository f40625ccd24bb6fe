import { describe, expect, test } from 'vitest';
import { MEDIA_TYPES } from './media-type-table.ts';
import {
  canonicalMimeType,
  compatibleMimeTypes,
  extensionForMimeType,
  mimeTypeForExtension,
  mimeTypeLabel,
  sameMimeType,
} from './media-types.ts';

describe('the table', () => {
  test('has every type and every extension once, in lower case', () => {
    const names = MEDIA_TYPES.flatMap((type) => [type.mimeType, ...type.aliases]);
    const extensions = MEDIA_TYPES.flatMap((type) => type.extensions);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(extensions).size).toBe(extensions.length);
    expect(names.filter((name) => !/^(?:video|application)\/[a-z0-9.+-]+$/.test(name))).toEqual([]);
    expect(extensions.filter((extension) => !/^[a-z0-9]{2,5}$/.test(extension))).toEqual([]);
  });

  test('maps every alias to its type, and the preferred extension back to it', () => {
    for (const type of MEDIA_TYPES) {
      for (const name of [type.mimeType, ...type.aliases]) {
        expect(canonicalMimeType(name, 'whatever.txt')).toBe(type.mimeType);
        expect(extensionForMimeType(name)).toBe(type.extensions[0]);
      }
      for (const extension of type.extensions) expect(mimeTypeForExtension(extension)).toBe(type.mimeType);
    }
  });
});

describe('canonicalMimeType', () => {
  test.each([
    ['video/mp4; codecs="avc1.64001e"', 'video/mp4'],
    ['  VIDEO/MP4 ;charset=x', 'video/mp4'],
    ['video/x-matroska', 'video/matroska'],
    ['video/x-m4v', 'video/mp4'],
    ['video/avi', 'video/x-msvideo'],
    ['video/vnd.avi', 'video/x-msvideo'],
    ['video/vnd.dlna.mpeg-tts', 'video/mp2t'],
    ['application/mxf', 'application/mxf'],
    ['video/3gpp', 'video/3gpp'],
  ])('%s is %s', (mimeType, canonical) => {
    expect(canonicalMimeType(mimeType, 'lecture')).toBe(canonical);
  });

  test.each(['', ' ', ';', 'application/octet-stream', 'Application/Octet-Stream; x=y', 'binary/octet-stream'])(
    'resolves "%s" by the extension',
    (mimeType) => {
      expect(canonicalMimeType(mimeType, 'a.MKV')).toBe('video/matroska');
      expect(canonicalMimeType(mimeType, 'a.m2ts')).toBe('video/mp2t');
      expect(canonicalMimeType(mimeType, 'a.txt')).toBeUndefined();
      expect(canonicalMimeType(mimeType, 'lecture')).toBeUndefined();
    },
  );

  test.each([
    'text/html',
    'audio/mp4',
    'video',
    'video/',
    '/mp4',
    'video/mp4/x',
    'video/*',
    'constructor',
    '__proto__',
  ])('does not know "%s"', (mimeType) => {
    expect(canonicalMimeType(mimeType, 'a.mp4')).toBeUndefined();
  });

  test('does not take look-alike letters for ASCII ones', () => {
    expect('\u212a'.toLowerCase()).toBe('k');
    expect(canonicalMimeType('video/m\u212av', '')).toBeUndefined();
    expect(mimeTypeForExtension('m\u212av')).toBeUndefined();
    expect(canonicalMimeType('', 'a.m\u212av')).toBeUndefined();
  });
});

test('extensions and labels of types that are not in the table', () => {
  expect(extensionForMimeType('text/html')).toBeUndefined();
  expect(extensionForMimeType('')).toBeUndefined();
  expect(mimeTypeForExtension('exe')).toBeUndefined();
  expect(mimeTypeForExtension('.mp4')).toBeUndefined();
  expect(mimeTypeForExtension('constructor')).toBeUndefined();
  expect(mimeTypeForExtension('MP4')).toBe('video/mp4');
  expect(mimeTypeLabel('video/x-matroska')).toBe('Matroska (MKV)');
  expect(mimeTypeLabel('text/html')).toBe('text/html');
});

test('sameMimeType ignores case, parameters and aliases, and a missing type equals none', () => {
  expect(sameMimeType('video/x-matroska; codecs=vp9', 'VIDEO/MATROSKA')).toBe(true);
  expect(sameMimeType('text/html', 'Text/HTML; charset=utf-8')).toBe(true);
  expect(sameMimeType('video/mp4', 'video/quicktime')).toBe(false);
  expect(sameMimeType('', '')).toBe(false);
  expect(sameMimeType('application/octet-stream', 'application/octet-stream')).toBe(false);
  expect(sameMimeType('nonsense', 'nonsense')).toBe(false);
  for (const type of ['!video/mp4', '.a/b', 'a/.b']) expect(sameMimeType(type, type)).toBe(false);
});

test('compatibleMimeTypes is true within a family of containers, and for the same type', () => {
  // What phones and browsers declare in place of one another: 3GP, QuickTime with an ISO brand, WebM as Matroska.
  for (const type of ['video/3gpp', 'video/3gpp2', 'video/mp4', 'video/x-m4v', 'video/quicktime']) {
    expect(compatibleMimeTypes(type, 'video/mp4')).toBe(true);
    expect(compatibleMimeTypes('video/quicktime', type)).toBe(true);
    expect(compatibleMimeTypes(type, 'video/webm')).toBe(false);
  }
  expect(compatibleMimeTypes('video/x-ms-wmv', 'video/x-ms-asf')).toBe(true);
  expect(compatibleMimeTypes('video/webm', 'video/x-matroska')).toBe(true);
  expect(compatibleMimeTypes('video/mpeg', 'video/mp2t')).toBe(true);
  expect(compatibleMimeTypes('text/html', 'text/html')).toBe(true);
  expect(compatibleMimeTypes('video/mp4', 'video/webm')).toBe(false);
  expect(compatibleMimeTypes('video/mp4', 'text/html')).toBe(false);
  expect(compatibleMimeTypes('', '')).toBe(false);
});
