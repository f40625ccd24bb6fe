import { ConfigurationError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { cannotStart, programOf } from './start-thread.ts';

const installed = new URL('../dist/thread/probe-thread.js', import.meta.url);
const missing = new URL('./thread/missing.ts', import.meta.url);

test('the program beside the code is used when it exists', () => {
  const beside = new URL('./thread/probe-thread.ts', import.meta.url);
  expect(programOf(beside, import.meta.url)).toBe(beside);
});

test('else that of the package which is installed for the code, or for the working directory of the process', () => {
  expect(programOf(missing, import.meta.url)).toEqual(installed);
  expect(programOf(undefined, import.meta.url)).toEqual(installed);
  expect(programOf(undefined, undefined)).toEqual(installed);
});

test('without either, the error says how a bundler keeps them together', () => {
  const find = () => programOf(missing, 'file:///nowhere/bundle.js');
  expect(find).toThrow(ConfigurationError);
  expect(find).toThrow(
    'Keep @videostorage/media out of the bundle (Next: serverExternalPackages; esbuild: external), so that its files stay together.',
  );
  const cause = new Error('It has ended.');
  expect(cannotStart(cause).cause).toBe(cause);
});
