import { expect, test } from 'vitest';
import { createScrubber } from './create-scrubber.ts';
import { Logger } from './logger.ts';
import { scrub } from './scrub.ts';
import { Secret } from './secret.ts';

const sentence =
  'GET https://user:pw@h.example/eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln/a.m3u8?token=abc&n=1 failed: "sig":"x"\n';
const texts: Readonly<Record<string, string>> = {
  'ordinary text with credentials': sentence.repeat(1000),
  'text of names': 'token:signature=;cookie '.repeat(4000),
  'text that almost is a JWT': 'eyJhbGciOiJSUzI1NiJ9'.repeat(5000),
  'prose without any': 'The storage did not answer in time, so it is tried again. '.repeat(2000),
};
/** Property 10: twice the length takes at most this much longer. */
const MAX_GROWTH = 2.5;

const secrets = [new Secret('a-secret-of-the-host-with-40-characters.'), new Secret(new Uint8Array(64).fill(7))];

test.for(Object.entries(texts))(
  '%s: twice the length, twice the time',
  { timeout: 120_000 },
  async ([, text], { bench }) => {
    const scrubber = createScrubber(secrets);
    const doubled = text.repeat(2);
    const result = await bench.compare(
      bench('scrub, once the length', () => void scrub(text)),
      bench('scrub, twice the length', () => void scrub(doubled)),
      bench('createScrubber, once the length', () => void scrubber(text)),
      bench('createScrubber, twice the length', () => void scrubber(doubled)),
    );
    // The fastest run: other work of the computer can only make a run slower.
    const fastestMs = (name: Parameters<typeof result.get>[0]) => result.get(name).latency.min;
    expect(fastestMs('scrub, twice the length') / fastestMs('scrub, once the length')).toBeLessThan(MAX_GROWTH);
    expect(fastestMs('createScrubber, twice the length') / fastestMs('createScrubber, once the length')).toBeLessThan(
      MAX_GROWTH,
    );
  },
);

test('one event beside none', { timeout: 60_000 }, async ({ bench }) => {
  const silent = new Logger();
  const logger = new Logger({ sink: () => {} });
  const careful = new Logger({ sink: () => {}, secrets });
  const fields = {
    ...{ videoId: '0123456789abcdef0123456789abcdef-mp4', userId: 'student-1', contextId: 'assignment-1' },
    ...{ backendName: 'local', sizeBytes: 1000, elapsedMs: 12, message: 'The storage did not answer in time.' },
  };
  const result = await bench.compare(
    bench('without a sink', () => silent.log('info', 'upload.requested', fields)),
    bench('with a sink', () => logger.log('info', 'upload.requested', fields)),
    bench('with a sink and two secrets', () => careful.log('info', 'upload.requested', fields)),
  );
  expect(result.get('without a sink')).toBeFasterThan(result.get('with a sink'));
});
