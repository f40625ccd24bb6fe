import { describe, expect, test } from 'vitest';
import { validateFileName } from './file-name.ts';
import { MAX_FILE_NAME_BYTES } from './sanitize-file-name.ts';

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

  test('names of 255 bytes stay unchanged; longer ones are shortened and keep their extension', () => {
    expect(validateFileName('fileName', `${'é'.repeat(127)}a`).value).toBe(`${'é'.repeat(127)}a`);
    expect(validateFileName('fileName', `${'é'.repeat(126)}.mp4`)).toEqual({
      value: `${'é'.repeat(125)}.mp4`,
      problems: [],
    });
    expect(validateFileName('fileName', `${'a'.repeat(5000)}.MP4`)).toEqual({
      value: `${'a'.repeat(251)}.MP4`,
      problems: [],
    });
    expect(MAX_FILE_NAME_BYTES).toBe(255);
  });
});

describe('brings real names into a safe form', () => {
  test.each([
    ['.trashed-1700000000-VID_1.mp4', 'trashed-1700000000-VID_1.mp4'],
    ['lecture.mp4.', 'lecture.mp4'],
    [' lecture.mp4', 'lecture.mp4'],
    ['\u200eVID-20260101-WA0001.mp4', 'VID-20260101-WA0001.mp4'],
    ['\u200fשיעור\u200f.mp4', 'שיעור.mp4'],
    ['درس\u061c 3.mp4\u200e', 'درس 3.mp4'],
    ['\u2068lesson\u2069.mp4', 'lesson.mp4'],
    ['aux.mp4', '_aux.mp4'],
    ['con .tar.mp4', '_con .tar.mp4'],
    ['lpt¹.mp4', '_lpt¹.mp4'],
    ['NUL', '_NUL'],
    ['Lesson 3.php.mp4', 'Lesson 3_php.mp4'],
    ['x.exe.mp4', 'x_exe.mp4'],
    ['x.PhP .mp4', 'x_PhP .mp4'],
    ['.mp4', 'mp4'],
  ])('%j becomes %j', (fileName, value) => {
    expect(validateFileName('fileName', fileName)).toEqual({ value, problems: [] });
  });
});

describe('T-F4: refuses names that cannot be intended, with a message that explains the fix', () => {
  test.each([
    ['', 'no name'],
    ['   ', 'no name'],
    ['..', 'no name'],
    [' .\u200e. ', 'no name'],
    ['a/b.mp4', 'must not contain "/"'],
    ['C:\\fakepath\\b.mp4', 'must not contain'],
    ['invoice.mp4.exe', 'ends in ".exe", as a program does'],
    ['index.html', 'ends in ".html"'],
    ['setup.EXE . ', 'ends in ".exe"'],
    ['film.mp4.exe\u200e', 'ends in ".exe"'],
    ['x.mp4\u202egpj.exe', 'ends in ".exe"'],
    ['talk from example.com', 'ends in ".com"'],
    ['a\u0000.mp4', 'invisible control character'],
    ['a\u0085.mp4', 'invisible control character'],
    ['a\u2028.mp4', 'invisible control character'],
    ['a\u007f.mp4', 'invisible control character'],
    ['a\ud800.mp4', 'broken character'],
  ])('%j', (fileName, sentence) => {
    const found = problems(fileName);
    expect(found.map((problem) => problem.message).join(' ')).toContain(sentence);
    expect(found.every((problem) => problem.code === 'FILE_NAME_INVALID' && problem.path === 'fileName')).toBe(true);
  });

  test.each(['exe', '.exe', 'exe.mp4', 'my exe', 'com', '.js'])(
    '%j is not a program: it has nothing before its dot',
    (name) => {
      expect(problems(name)).toEqual([]);
    },
  );

  test('every problem at once', () => {
    expect(problems(`/${'a\u0000'.repeat(300)}\ud800.exe `)).toHaveLength(4);
  });

  test.each([undefined, null, 1, ['a.mp4'], {}, Symbol('a'), () => 'a.mp4'])('what is not text: %o', (value) => {
    expect(validateFileName('fileName', value)).toMatchObject({ value: '', problems: [{ code: 'FILE_NAME_INVALID' }] });
  });
});
