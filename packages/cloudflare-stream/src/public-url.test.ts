import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublicUrl } from './public-url.ts';

/** T-G1: none of these is a public address, however it is spelt. */
const PRIVATE_HOSTS = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.1',
  '198.18.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '224.0.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2001:0::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  'localhost',
  'localhost.',
  'a.localhost',
  'printer.local',
  'db.internal',
  'host',
  '127。0。0。1',
  '１２７.0.0.1',
];

describe('isPublicUrl', () => {
  test.each(PRIVATE_HOSTS)('T-G1: https://%s is refused', (host) => {
    expect(isPublicUrl(`https://${host}/video.mp4`)).toBe(false);
  });

  test.each([
    'http://example.org/video.mp4',
    'ftp://example.org/video.mp4',
    'file:///etc/passwd',
    'https://user@example.org/',
    'https://user:secret@example.org/',
    'https://example.org:8443/',
    'javascript:alert(1)',
    '//example.org/video.mp4',
    'example.org',
    '',
    `https://example.org/${'x'.repeat(3000)}`,
  ])('%s is refused', (url) => {
    expect(isPublicUrl(url)).toBe(false);
  });

  test.each([
    'https://example.org/video.mp4',
    'https://example.org:443/a?b=c',
    'https://93.184.216.34/v.mp4',
    'https://[2606:4700::1111]/',
  ])('%s is taken', (url) => {
    expect(isPublicUrl(url)).toBe(true);
  });

  test('property 12: whatever is taken is https, without credentials and port', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ['http', 'https', 'ftp'] }),
        (url) => {
          if (isPublicUrl(url))
            expect(new URL(url)).toMatchObject({ protocol: 'https:', username: '', password: '', port: '' });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
