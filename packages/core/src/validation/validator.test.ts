import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import type { UploadRequest } from '../contract/upload.ts';
import type { ValidationError } from '../errors/request-errors.ts';
import { Validator } from './validator.ts';

const request: UploadRequest = {
  userId: 'student-1',
  contextId: 'assignment-1',
  fileName: 'lecture.mp4',
  sizeBytes: 1000,
  mimeType: 'video/mp4',
};

/** What is refused, as `path code`; empty when nothing is. Takes what TypeScript would not let through. */
function refused(input: unknown, validator: Validator = new Validator()): string[] {
  return thrownBy(input, validator).map((problem) => `${problem.path} ${problem.code}`);
}

function thrownBy(input: unknown, validator: Validator): ValidationError['problems'] {
  try {
    validator.validateUploadRequest(input as UploadRequest);
  } catch (error) {
    if ((error as ValidationError).code === 'VALIDATION_FAILED') return (error as ValidationError).problems;
    throw error;
  }
  return [];
}

describe('validateUploadRequest returns the canonical form', () => {
  test('of type, name, ids and custom; a new frozen object of the known members', () => {
    const input = {
      ...request,
      userId: 'cafe\u0301',
      tenantId: '\u212a',
      fileName: 'Vortra\u0308ge.MKV',
      mimeType: 'Video/X-Matroska; codecs="vp9"',
      maxDurationSeconds: 60,
      custom: { title: 'x' },
      uploadId: '0123456789ABCDEF0123456789ABCDEF',
      submissionId: 'dropped',
    };
    const canonical = new Validator().validateUploadRequest(input);
    expect(canonical).toEqual({
      userId: 'caf\u00e9',
      contextId: 'assignment-1',
      tenantId: 'K',
      fileName: 'Vortr\u00e4ge.MKV',
      sizeBytes: 1000,
      mimeType: 'video/matroska',
      maxDurationSeconds: 60,
      custom: { title: 'x' },
      uploadId: '0123456789abcdef0123456789abcdef',
    });
    expect(Object.isFrozen(canonical)).toBe(true);
    expect(new Validator().validateUploadRequest(canonical)).toEqual(canonical);
  });

  test('members that are undefined stay absent', () => {
    const input = {
      ...request,
      tenantId: undefined,
      maxDurationSeconds: undefined,
      custom: undefined,
      uploadId: undefined,
    };
    expect(new Validator().validateUploadRequest(input)).toStrictEqual(request);
  });

  test('an unknown type is resolved by the extension', () => {
    const validator = new Validator({ mimeTypes: ['video/mp2t', 'video/mp4'] });
    const typeOf = (fileName: string) =>
      validator.validateUploadRequest({ ...request, mimeType: '', fileName }).mimeType;
    expect(typeOf('a.mts')).toBe('video/mp2t');
    // S30: direction marks after the extension, as in right-to-left names, do not hide it.
    expect(typeOf('\u200fשיעור.mp4\u200f')).toBe('video/mp4');
  });

  test('the name in its safe form, which the host app’s rules get too', () => {
    const seen: string[] = [];
    const rule = ({ fileName }: UploadRequest) => {
      seen.push(fileName);
      return [];
    };
    const fileName = `.${'a'.repeat(300)}\u200e.php.mp4`;
    const canonical = new Validator({ rules: [rule] }).validateUploadRequest({ ...request, fileName });
    expect(canonical.fileName).toBe(`${'a'.repeat(251)}.mp4`);
    expect(seen).toEqual([canonical.fileName]);
  });

  test.each(['insv', 'lrv', 'hevc', 'mod', 'tod', 'xyz'])(
    'the unknown extension .%s does not contradict the type',
    (extension) => {
      const fileName = `clip.${extension}`;
      expect(new Validator().validateUploadRequest({ ...request, fileName }).fileName).toBe(fileName);
      expect(refused({ ...request, fileName, mimeType: '' })).toEqual(['mimeType TYPE_NOT_ALLOWED']);
    },
  );

  test('a request without a limit on the duration gets that of the host app', () => {
    const validator = new Validator({ maxDurationSeconds: 600 });
    expect(validator.validateUploadRequest(request).maxDurationSeconds).toBe(600);
    expect(validator.validateUploadRequest({ ...request, maxDurationSeconds: 60 }).maxDurationSeconds).toBe(60);
    expect(refused({ ...request, maxDurationSeconds: 601 }, validator)).toEqual([
      'maxDurationSeconds DURATION_INVALID',
    ]);
  });
});

describe('validateUploadRequest names every problem at once', () => {
  test('in the order of the members, with messages that a user understands', () => {
    const input = {
      userId: '',
      contextId: 7,
      tenantId: 'a\n',
      fileName: 'a/b.exe',
      sizeBytes: 6_123_456_789,
      mimeType: 'video/x-ms-wmv',
      maxDurationSeconds: 40_000,
      custom: { A: 'x', title: 1 },
      uploadId: 'x',
    };
    const problems = thrownBy(input, new Validator({ mimeTypes: ['video/mp4', 'video/webm'] }));
    expect(problems).toEqual([
      { path: 'userId', code: 'ID_INVALID', message: 'The id "userId" must not be empty.' },
      { path: 'contextId', code: 'ID_INVALID', message: 'The id "contextId" must be text.' },
      { path: 'tenantId', code: 'ID_INVALID', message: 'The id "tenantId" must not contain control characters.' },
      {
        path: 'fileName',
        code: 'FILE_NAME_INVALID',
        message: 'The name of the file must not contain "/" or "\\"; please rename the file.',
      },
      {
        path: 'fileName',
        code: 'FILE_NAME_INVALID',
        message: 'The name of the file ends in ".exe", as a program does; please rename the file.',
      },
      { path: 'sizeBytes', code: 'FILE_TOO_LARGE', message: 'The file is 6.1 GB; at most 5 GB are allowed.' },
      {
        path: 'mimeType',
        code: 'TYPE_NOT_ALLOWED',
        message: 'Videos of the type WMV are not accepted here; please choose one of MP4, WebM.',
      },
      {
        path: 'maxDurationSeconds',
        code: 'DURATION_INVALID',
        message: 'A video may be at most 10 hours long, not 40000 seconds.',
      },
      {
        path: 'custom',
        code: 'CUSTOM_INVALID',
        message: 'A key of the additional details must be 1–64 of the characters a–z, 0–9, "_" and "-".',
      },
      { path: 'custom.title', code: 'CUSTOM_INVALID', message: 'The detail "title" must be text.' },
      { path: 'uploadId', code: 'ID_INVALID', message: 'The id of an upload must be 32 hexadecimal digits.' },
    ]);
  });

  test('a required member of every wrong kind is a problem, never a TypeError', () => {
    const wrong: unknown[] = [undefined, null, true, [], {}, () => 1, Symbol('x'), 1n, new Date(0), new Map()];
    const code = { userId: 'ID', fileName: 'FILE_NAME', mimeType: 'TYPE', sizeBytes: 'OPTION' };
    for (const [name, start] of Object.entries(code)) {
      for (const value of [...wrong, name === 'sizeBytes' ? '1000' : 1000]) {
        const problems = refused({ ...request, [name]: value });
        expect(problems).toContainEqual(expect.stringMatching(`^${name} ${start}_`));
      }
    }
  });

  test('an optional member of every wrong kind is one problem', () => {
    const wrong: unknown[] = [null, true, [], () => 1, Symbol('x'), 1n, Number.NaN];
    for (const name of ['contextId', 'tenantId', 'maxDurationSeconds', 'custom', 'uploadId']) {
      for (const value of wrong) expect(refused({ ...request, [name]: value })).toHaveLength(1);
    }
    expect(refused({ ...request, maxDurationSeconds: '60' })).toHaveLength(1);
  });

  test.each([undefined, null, 1, 'request', [], [request], Symbol('x')])('%o is not a request', (input) => {
    expect(refused(input)).toEqual([' OPTION_INVALID']);
  });
});

describe('T-I2: prototypes and getters have no effect', () => {
  test('reserved names are refused, nothing is polluted', () => {
    const text = JSON.stringify(request).slice(0, -1);
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      expect(refused(JSON.parse(`${text},"${key}":{"isAdmin":true}}`))).toEqual([' OPTION_INVALID']);
      expect(refused(JSON.parse(`${text},"custom":{"${key}":"x"}}`))).toEqual(['custom CUSTOM_INVALID']);
    }
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });

  test('inherited members are ignored', () => {
    expect(refused(Object.create(request))).toHaveLength(4);
    const canonical = new Validator().validateUploadRequest(
      Object.assign(Object.create({ uploadId: '0123456789abcdef0123456789abcdef' }), request),
    );
    expect(canonical.uploadId).toBeUndefined();
  });

  test('a getter is a problem and is not called', () => {
    for (const name of Object.keys({ ...request, tenantId: '', custom: {}, maxDurationSeconds: 1, uploadId: '' })) {
      const get = () => {
        throw new Error('called');
      };
      expect(refused(Object.defineProperty({ ...request }, name, { enumerable: true, get }))).toHaveLength(1);
    }
  });
});

describe('host rules', () => {
  const problem = { path: 'fileName', code: 'RULE' as const, message: 'Please name the file after your group.' };

  test('get the canonical request, and their problems come last, also after others', () => {
    const seen: UploadRequest[] = [];
    const rules = [(valid: UploadRequest) => (seen.push(valid) > 1 ? [problem] : []), () => [problem]];
    const validator = new Validator({ rules, maxSizeBytes: 10 });
    expect(refused({ ...request, mimeType: 'video/x-m4v' }, validator)).toEqual([
      'sizeBytes FILE_TOO_LARGE',
      'fileName RULE',
    ]);
    expect(seen).toEqual([{ ...request, mimeType: 'video/mp4' }]);
    expect(Object.isFrozen(seen[0])).toBe(true);
    expect(refused({ ...request, sizeBytes: 1 }, validator)).toEqual(['fileName RULE', 'fileName RULE']);
  });

  test('do not run on members of the wrong kind', () => {
    const rule = () => {
      throw new Error('called');
    };
    const validator = new Validator({ rules: [rule] });
    for (const input of [{ ...request, fileName: null }, { ...request, custom: 'x' }, {}]) {
      expect(refused(input, validator).length).toBeGreaterThan(0);
    }
  });

  test('an error that a rule throws is thrown unchanged', () => {
    const error = new Error('the quota service is down');
    const rule = () => {
      throw error;
    };
    expect(() => new Validator({ rules: [rule] }).validateUploadRequest(request)).toThrow(error);
  });

  test('a rule that returns a promise, which would accept everything, is an error of the host app', () => {
    const options: object = { rules: [async () => [problem]] };
    expect(() => new Validator(options).validateUploadRequest(request)).toThrow(
      expect.objectContaining({
        code: 'MISCONFIGURED',
        message: 'A validation rule must return an array of problems, [] for none, and not a promise.',
      }),
    );
  });
});

describe('checks of single members', () => {
  const validator = new Validator({ maxSizeBytes: 5_000_000_000, mimeTypes: ['video/mp4', 'video/quicktime'] });
  const codes = (problems: readonly { code: string }[]) => problems.map((problem) => problem.code);

  test.each([
    [1, []],
    [5_000_000_000, []],
    [5_000_000_001, ['FILE_TOO_LARGE']],
    [2 ** 60, ['FILE_TOO_LARGE']],
    [0, ['FILE_EMPTY']],
    [-0, ['FILE_EMPTY']],
    [-1, ['OPTION_INVALID']],
    [1.5, ['OPTION_INVALID']],
    [Number.NaN, ['OPTION_INVALID']],
    [Number.POSITIVE_INFINITY, ['OPTION_INVALID']],
  ])('a size of %d', (sizeBytes, expected) => {
    const path = 'sizeBytes';
    expect(validator.validateFileSize(sizeBytes)).toMatchObject(expected.map((code) => ({ path, code })));
  });

  test.each([
    ['video/mp4', 'a.mp4', []],
    ['video/mp4', 'a.MOV', []],
    ['video/mp4', 'a.3gp', []],
    ['video/mp4', 'no extension', []],
    ['video/mp4', 'Lecture 2026.1', []],
    ['', 'a.mov', []],
    ['video/mp4', 'a.webm', ['EXTENSION_MISMATCH']],
    ['video/mp4', 'a.avi', ['EXTENSION_MISMATCH']],
    ['video/mp4', 'a.avi\u200f', ['EXTENSION_MISMATCH']],
    ['video/mp4', 'a.insv', []],
    ['video/mp4', '\u200ea.mp4.', []],
    ['video/webm', 'a.webm', ['TYPE_NOT_ALLOWED']],
    ['video/webm', 'a.mp4', ['TYPE_NOT_ALLOWED', 'EXTENSION_MISMATCH']],
    ['text/html', 'a.mp4', ['TYPE_NOT_ALLOWED']],
    ['', 'a.txt', ['TYPE_NOT_ALLOWED']],
    ['', 'a', ['TYPE_NOT_ALLOWED']],
  ])('the type "%s" of "%s"', (mimeType, fileName, expected) => {
    expect(codes(validator.validateMimeType(mimeType, fileName))).toEqual(expected);
  });

  test('a name', () => {
    expect(validator.validateFileName('a.mp4')).toEqual([]);
    expect(validator.validateFileName('.mp4')).toEqual([]);
    expect(validator.validateFileName('a/b.mp4')).toMatchObject([{ path: 'fileName', code: 'FILE_NAME_INVALID' }]);
  });
});

test('a misspelt option does not compile, and is refused by its name', () => {
  // @ts-expect-error: `npm run typecheck` fails when this compiles.
  expect(() => new Validator({ maxSize: 5 })).toThrow('do you mean `maxSizeBytes`?');
});

test('a validator of another copy of the package has a compatible type, without private members', () => {
  const ofAnotherCopy: Pick<Validator, keyof Validator> = new Validator();
  const accepted: Validator = ofAnotherCopy;
  expect(accepted.validateFileName('a.mp4')).toEqual([]);
});

test('any input is either valid, and then canonical and safe as JSON, or refused with well-formed problems', () => {
  const value = fc.oneof(fc.anything(), fc.string({ unit: codePoint }), fc.constantFrom('video/mp4', 'a.mp4', 1, {}));
  const names = fc.constantFrom(
    'userId',
    'contextId',
    'tenantId',
    'fileName',
    'sizeBytes',
    'mimeType',
    'custom',
    'uploadId',
    'x',
  );
  const changed = fc.dictionary(names, value).map((members) => ({ ...request, ...members }));
  const validator = new Validator();
  fc.assert(
    fc.property(fc.oneof(fc.anything(), changed), (input) => {
      const problems = thrownBy(input, validator);
      if (problems.length === 0) {
        const canonical = validator.validateUploadRequest(input as UploadRequest);
        expect(JSON.parse(JSON.stringify(canonical))).toEqual(canonical);
        expect(validator.validateUploadRequest(canonical)).toEqual(canonical);
      }
      for (const { message } of problems) {
        expect(message).toMatch(/^[A-Z].*\.$/);
        expect(message).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
        expect(message.length).toBeLessThan(300);
      }
    }),
  );
});
