import { expect, test } from 'vitest';
import { z } from 'zod';
import { readEnvelope, readResult } from './envelope.ts';

const read = (text: string) => readEnvelope({ status: 200, header: () => undefined, text });

test('errors are read as codes and messages in either spelling', () => {
  expect(read('{"success":true,"result":{"a":1},"messages":null}')).toEqual({
    ...{ success: true, result: { a: 1 }, errors: [] },
  });
  expect(read('{"success":false,"errors":[{"code":"7003","message":"No"},{"code":"x"},{"message":3}]}')).toEqual({
    success: false,
    errors: [
      { code: 7003, message: 'No' },
      { code: 0, message: '' },
      { code: 0, message: '' },
    ],
  });
  expect(read('{"success":false,"errors":null}')).toEqual({ success: false, errors: [] });
});

test.each(['', '<html>', '{"success":true', 'null', '[]', '{"success":"yes"}', '{"success":true,"errors":"none"}'])(
  '%j is not an envelope',
  (text) => {
    expect(read(text)).toBeUndefined();
  },
);

test('a result of another shape is an unreadable answer of Cloudflare', () => {
  expect(readResult(z.object({ a: z.number() }), { a: 1, b: 2 })).toEqual({ a: 1 });
  expect(() => readResult(z.object({ a: z.number() }), { a: '1' })).toThrow(
    expect.objectContaining({
      code: 'BACKEND_BAD_RESPONSE',
      message: 'Cloudflare gave an answer that cannot be read.',
      backendName: 'cloudflare-stream',
    }),
  );
});
