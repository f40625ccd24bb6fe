import { describe, expect, test } from 'vitest';
import { MAX_FILE_NAME_BYTES, validateFileName } from './file-name.ts';

const problems = (value: unknown) => validateFileName('fileName', value).problems;

describe('accepts', () => {
  test.each([
    'lecture.mp4',
    'Lecture 2026.1',
    'Dr. Smith: what? <1>.mp4',
    'Introduction to node.js.mp4',
    'talk from example.com.mov',
    '100% sure.mp4',
    'a..b.mp4',
    '👩‍🏫 lesson 🎬.mp4',
    'שיעור ראשון.mp4',
    'می‌خواهم.mp4',
    'CONTENT.mp4',
  ])('%s', (fileName) => {
    expect(validateFileName('fileName', fileName)).toEqual({ value: fileName, problems: [] });
  });

  test('a decomposed name, and gives it composed', () => {
    expect(validateFileName('fileName', 'Vortra\u0308ge.mp4').value).toBe('Vortr\u00e4ge.mp4');
  });

  test('exactly 255 bytes, not one more', () => {
    expect(problems(`${'é'.repeat(127)}a`)).toEqual([]);
    expect(problems('é'.repeat(128))).toHaveLength(1);
    expect(problems('a'.repeat(5000)).map((problem) => problem.message)).toEqual([
      'The name of the file is longer than 255 bytes; please give it a shorter one.',
    ]);
    expect(MAX_FILE_NAME_BYTES).toBe(255);
  });
});

describe('T-F4: refuses, with a sentence that says what to do', () => {
  test.each([
    ['', 'no name'],
    ['   ', 'no name'],
    ['.mp4', 'begin or end with a dot'],
    ['lecture.mp4.', 'begin or end with a dot'],
    [' lecture.mp4', 'begin or end with a dot or a space'],
    ['..', 'begin or end with a dot'],
    ['a/b.mp4', 'must not contain "/"'],
    ['C:\\fakepath\\b.mp4', 'must not contain'],
    ['invoice.mp4.exe', '".exe", the ending of a program'],
    ['x.exe.mp4', '".exe", the ending of a program'],
    ['x.PhP .mp4', '".php", the ending of a program'],
    ['index.html', '".html", the ending of a program'],
    ['x.mp4\u202egpj.exe', 'invisible control character'],
    ['a\u0000.mp4', 'invisible control character'],
    ['a\u0085.mp4', 'invisible control character'],
    ['a\u2028.mp4', 'invisible control character'],
    ['a\u007f.mp4', 'invisible control character'],
    ['a\ud800.mp4', 'broken character'],
    ['CON.mp4', 'reserved by Windows'],
    ['con .tar.mp4', 'reserved by Windows'],
    ['lpt¹.mp4', 'reserved by Windows'],
    ['NUL', 'reserved by Windows'],
  ])('%j', (fileName, sentence) => {
    const found = problems(fileName);
    expect(found.map((problem) => problem.message).join(' ')).toContain(sentence);
    expect(found.every((problem) => problem.code === 'FILE_NAME_INVALID' && problem.path === 'fileName')).toBe(true);
  });

  test('every problem at once', () => {
    expect(problems(`/${'a\u0000'.repeat(300)}.exe `)).toHaveLength(5);
  });

  test.each([undefined, null, 1, ['a.mp4'], {}, Symbol('a'), () => 'a.mp4'])('what is no text: %o', (value) => {
    expect(validateFileName('fileName', value)).toMatchObject({ value: '', problems: [{ code: 'FILE_NAME_INVALID' }] });
  });
});
