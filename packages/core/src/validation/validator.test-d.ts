import { expectTypeOf, test } from 'vitest';
import type { Problem, ValidationRule } from '../contract/problem.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { type ObjectVideoId, parseObjectVideoId } from './object-video-id.ts';
import { Validator } from './validator.ts';
import type { ValidatorOptions } from './validator-options.ts';

test('the validator has the agreed shape', () => {
  expectTypeOf<ConstructorParameters<typeof Validator>>().toEqualTypeOf<[options?: ValidatorOptions | undefined]>();
  expectTypeOf<Validator['validateUploadRequest']>().toEqualTypeOf<(request: UploadRequest) => UploadRequest>();
  expectTypeOf<Validator['validateFileSize']>().toEqualTypeOf<(sizeBytes: number) => readonly Problem[]>();
  expectTypeOf<Validator['validateMimeType']>().toEqualTypeOf<
    (mimeType: string, fileName: string) => readonly Problem[]
  >();
  expectTypeOf<Validator['validateFileName']>().toEqualTypeOf<(fileName: string) => readonly Problem[]>();
});

test('options take a maybe, and reject what they do not know', () => {
  expectTypeOf<{ maxSizeBytes: undefined; rules: undefined }>().toExtend<ValidatorOptions>();
  expectTypeOf<ValidatorOptions['rules']>().toEqualTypeOf<readonly ValidationRule[] | undefined>();
  // @ts-expect-error: a misspelt option
  new Validator({ maxSize: 5 });
});

test('a structurally equal validator is accepted: two copies of the package get along', () => {
  expectTypeOf<Pick<Validator, keyof Validator>>().toExtend<Validator>();
});

test('reading an id may fail', () => {
  expectTypeOf(parseObjectVideoId).returns.toEqualTypeOf<ObjectVideoId | undefined>();
});
