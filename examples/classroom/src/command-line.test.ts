import { describe, expect, test } from 'vitest';
import { accountFrom } from './backends/environment.ts';
import { readCommandLine, USAGE } from './command-line.ts';

test('without arguments: the local backend, the usual port, a folder of the example', () => {
  expect(readCommandLine([])).toEqual({
    backendName: 'local',
    port: undefined,
    folder: expect.stringMatching(/examples.classroom.\.classroom$/),
  });
});

test('arguments are parsed', () => {
  expect(readCommandLine(['--backend', 's3-cloudfront', '--port=0', '--folder', 'here'])).toEqual({
    backendName: 's3-cloudfront',
    port: 0,
    folder: 'here',
  });
});

test.each(['--help', '-h'])('%s asks for help, which names every option, backend and variable', (word) => {
  expect(readCommandLine([word])).toBeUndefined();
  for (const said of ['--backend', '--port', '--folder', 'cloudflare-stream', 'CLASSROOM_S3_BUCKET']) {
    expect(USAGE).toContain(said);
  }
});

test.each([
  [['--backend', 'azure'], 'There is no backend "azure"; choose local, s3-cloudfront, cloudflare-stream.'],
  [['--backend', 'toString'], 'There is no backend "toString"; choose local, s3-cloudfront, cloudflare-stream.'],
  [['--port', 'http'], '"http" is not a port; choose a number from 0 to 65535.'],
  [['--port', '65536'], '"65536" is not a port; choose a number from 0 to 65535.'],
  [['--port=-1'], '"-1" is not a port; choose a number from 0 to 65535.'],
  [['--colour', 'red'], "Unknown option '--colour'; run with --help for the options."],
  [['azure'], "Unexpected argument 'azure'; run with --help for the options."],
])('%j is refused with a message', (words, sentence) => {
  const refused = () => readCommandLine(words);
  expect(refused).toThrow(expect.objectContaining({ code: 'MISCONFIGURED', message: sentence }));
});

describe('an account of a real service', () => {
  const names = ['ACCOUNT', 'TOKEN', 'REGION'] as const;

  test('is undefined without any of its variables, and complete with all of them', () => {
    expect(accountFrom(names, { OTHER: 'x', TOKEN: '' })).toBeUndefined();
    const whole = { ACCOUNT: 'a', TOKEN: 't', REGION: 'r' };
    expect(accountFrom(names, { ...whole, OTHER: 'x' })).toEqual(whole);
  });

  test('is refused with only some of them, naming those that are missing', () => {
    expect(() => accountFrom(names, { ACCOUNT: 'a', REGION: '' })).toThrow(
      'To use the real service, set TOKEN, REGION too; to use the emulators, set none of them.',
    );
    expect(() => accountFrom(names, { ACCOUNT: 'a', REGION: 'r' })).toThrow('set TOKEN too;');
  });
});
