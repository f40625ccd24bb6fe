import { describe, expect, test } from 'vitest';
import { createHttpTransport } from './create-http-transport.ts';
import { createUploader } from './create-uploader.ts';

describe('options', () => {
  const transport = createHttpTransport('/api/video');

  test.each([
    [{}, 'createUploader: `transport` must be a transport'],
    [{ transport: { getUploadUrl: () => undefined } }, '`transport` must be a transport'],
    [{ transport, maxFiles: 0 }, '`maxFiles` must be a whole number from 1 to 10'],
    [{ transport, maxFiles: 11 }, '`maxFiles` must be a whole number from 1 to 10'],
    [{ transport, maxParts: 0 }, '`maxParts` must be a whole number from 1 to 16'],
    [{ transport, stallSeconds: 0 }, '`stallSeconds` must be a whole number of seconds from 1 to 3600'],
    [{ transport, stallSeconds: 3601 }, '`stallSeconds` must be a whole number of seconds from 1 to 3600'],
    [{ transport, validator: {} }, '`validator` must be a Validator'],
    [{ transport, clock: { now: () => 0 } }, '`clock` must be a clock'],
    [{ transport, maxParts: 17 }, '`maxParts` must be a whole number from 1 to 16'],
    [{ transport, maxPart: 4 }, '`maxPart` is not an option; do you mean `maxParts`?'],
    [{ transport, storage: {} }, '`storage` must be a Storage'],
    [{ transport, guardUnload: 'yes' }, '`guardUnload` must be true or false'],
  ])('%j is refused with a message that explains the fix', (options, sentence) => {
    expect(() => Reflect.apply(createUploader, undefined, [options])).toThrow(sentence);
  });

  test.each([
    { maxFiles: 10 },
    { maxFiles: 1 },
    { maxParts: 16 },
    { maxParts: 1 },
    { stallSeconds: 3600 },
    { stallSeconds: 1 },
  ])('%j is accepted', (options) => {
    expect(() => createUploader({ transport, ...options }).close()).not.toThrow();
  });

  test('of the transport are checked too', () => {
    expect(() => Reflect.apply(createHttpTransport, undefined, ['/', { header: {} }])).toThrow(
      'do you mean `headers`?',
    );
    expect(() => createHttpTransport('/', { timeoutSeconds: 0 })).toThrow('`timeoutSeconds` must be a whole number');
  });
});
