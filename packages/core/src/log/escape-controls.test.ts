import { expect, test } from 'vitest';
import { escapeControls } from './escape-controls.ts';

test('escapes what ends a line, hides or reverses text, and leaves the rest alone', () => {
  expect(escapeControls('a\u0000\t\u007f\u009f\u2028\u202e\ud800bü👩')).toBe(
    'a\\u0000\\u0009\\u007f\\u009f\\u2028\\u202e\\ud800bü👩',
  );
});

test('twice is once, and JSON reads back what it escaped inside of JSON', () => {
  expect(escapeControls(escapeControls('\n'))).toBe('\\u000a');
  const text = '\u009f\u2028\u202e';
  expect(JSON.parse(escapeControls(JSON.stringify(text)))).toBe(text);
});
