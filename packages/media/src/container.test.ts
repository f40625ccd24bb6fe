import { MEDIA_TYPES } from '@videostorage/core';
import { expect, test } from 'vitest';
import { CONTAINER_TYPES, containerOfType } from './container.ts';

test.each([
  ['video/mp4', 'mp4'],
  ['video/x-m4v', 'mp4'],
  ['video/3gpp', 'mp4'],
  ['video/3gpp2', 'mp4'],
  ['video/quicktime', 'quicktime'],
  ['video/matroska', 'matroska'],
  ['video/x-matroska', 'matroska'],
  ['video/webm', 'webm'],
  ['Video/MP2T', 'mpeg-ts'],
])('%s is read as %s', (type, container) => {
  expect(containerOfType(type)).toBe(container);
});

test.each(['video/x-msvideo', 'application/mxf', 'video/ogg', 'text/plain', '', '__proto__', 'constructor'])(
  '%j cannot be read',
  (type) => {
    expect(containerOfType(type)).toBeUndefined();
  },
);

test('the names of the containers are canonical types of core', () => {
  const canonical = MEDIA_TYPES.map((type) => type.mimeType);
  for (const type of Object.values(CONTAINER_TYPES)) expect(canonical).toContain(type);
});
