import { expect, test } from 'vitest';
import { escapeControls } from './escape-controls.ts';

test('escapes characters that end a line, or hide or reverse text, and no others', () => {
  expect(escapeControls('a\u0000\t\u007f\u009f\u2028\u202e\ud800bü👩')).toBe(
    'a\\u0000\\u0009\\u007f\\u009f\\u2028\\u202e\\ud800bü👩',
  );
});

test('is idempotent, and `JSON.parse` restores what it escaped inside JSON', () => {
  expect(escapeControls(escapeControls('\n'))).toBe('\\u000a');
  const text = '\u009f\u2028\u202e';
  expect(JSON.parse(escapeControls(JSON.stringify(text)))).toBe(text);
});
