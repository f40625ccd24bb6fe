import { expect, test } from 'vitest';
import { newVideoBody, newVideoSettings } from './new-video-settings.ts';
import { parseStreamOptions } from './parsed-stream-options.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const common = { accountId: '0'.repeat(32), apiToken: 't', referenceSecrets: ['x'.repeat(32)] };

function bodyUnder(options: object): object {
  return newVideoBody(newVideoSettings(parseStreamOptions({ ...common, ...options }), { now: () => NOW_MS }));
}

test('a setting that is absent is not sent: the API decides', () => {
  expect(Object.entries(bodyUnder({}))).toEqual([['requireSignedURLs', true]]);
});

test('settings are sent under the names of the API', () => {
  const watermarkUid = 'ea95132c15732412d22c1476fa83f27a';
  const settings = {
    requireSignedUrls: false,
    allowedHosts: ['example.com'],
    thumbnailTimestampPct: 0,
    watermarkUid,
  };
  expect(bodyUnder(settings)).toEqual({
    ...{ requireSignedURLs: false, allowedOrigins: ['example.com'], thumbnailTimestampPct: 0 },
    watermark: { uid: watermarkUid },
  });
});

test.each([
  [30, '2026-01-31T01:00:00.000Z'],
  [1095, '2028-12-31T01:00:00.000Z'],
  [1096, '2028-12-31T23:00:00.000Z'],
])('%i days are an hour within the range that Cloudflare accepts: %s', (scheduledDeletionDays, scheduledDeletion) => {
  expect(bodyUnder({ scheduledDeletionDays })).toMatchObject({ scheduledDeletion });
});
