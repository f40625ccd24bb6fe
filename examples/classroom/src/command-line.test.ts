import { describe, expect, test } from 'vitest';
import { accountFrom } from './backends/environment.ts';
import { readCommandLine, USAGE } from './command-line.ts';

test('without words: the local backend, the usual port, a folder of the example', () => {
  expect(readCommandLine([])).toEqual({
    backendName: 'local',
    port: undefined,
    folder: expect.stringMatching(/examples.classroom.\.classroom$/),
  });
});

test('words are read', () => {
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
  [['--colour', 'red'], "Unknown option '--colour'; --help lists what there is."],
  [['azure'], "Unexpected argument 'azure'; --help lists what there is."],
])('%j is refused in a sentence', (words, sentence) => {
  const refused = () => readCommandLine(words);
  expect(refused).toThrow(expect.objectContaining({ code: 'MISCONFIGURED', message: sentence }));
});

describe('an account of a real service', () => {
  const names = ['ACCOUNT', 'TOKEN', 'REGION'] as const;

  test('is none without any of its variables, and one with all of them', () => {
    expect(accountFrom(names, { OTHER: 'x', TOKEN: '' })).toBeUndefined();
    const whole = { ACCOUNT: 'a', TOKEN: 't', REGION: 'r' };
    expect(accountFrom(names, { ...whole, OTHER: 'x' })).toEqual(whole);
  });

  test('is refused by halves, naming what is missing', () => {
    expect(() => accountFrom(names, { ACCOUNT: 'a', REGION: '' })).toThrow(
      'To use the real service, set TOKEN, REGION too; for the emulators, none of them.',
    );
  });
});
