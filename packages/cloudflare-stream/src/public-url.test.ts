import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
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
  '[5f00::1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::10.0.0.1]',
  '0177.1',
  'localhost',
  'localhost.',
  'a.localhost',
  'printer.local',
  'db.internal',
  'db.internal.',
  'db.internal..',
  '127.0.0.1..',
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
    'https://:secret@example.org/',
    'https://example.org:8443/',
    'javascript:alert(1)',
    '//example.org/video.mp4',
    'example.org',
    '',
    `https://example.org/${'x'.repeat(2049 - 20)}`,
  ])('%s is refused', (url) => {
    expect(isPublicUrl(url)).toBe(false);
  });

  test.each([
    'https://example.org/video.mp4',
    'https://example.org./video.mp4',
    'https://1.example.org2/',
    'https://example.org:443/a?b=c',
    `https://example.org/${'x'.repeat(2048 - 20)}`,
    'https://93.184.216.34/v.mp4',
    'https://[2606:4700::1111]/',
  ])('%s is accepted', (url) => {
    expect(isPublicUrl(url)).toBe(true);
  });

  test('property 12: an accepted URL is https, without credentials and port, and leads to a name or a unicast address', () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    const scheme = fc.constantFrom('https', 'https', 'https', 'http', 'ftp', 'file');
    const before = fc.constantFrom('', '', '', 'user@', 'user:secret@');
    const after = fc.constantFrom('', '', '/', ':443/', ':80/', ':8443/', '/a?b=c#d');
    let taken = 0;
    fc.assert(
      fc.property(scheme, before, host, after, (...parts) => {
        const url = `${parts[0]}://${parts[1]}${parts[2]}${parts[3]}`;
        if (!isPublicUrl(url)) return;
        taken += 1;
        const { protocol, username, password, port, hostname } = new URL(url);
        expect({ protocol, username, password, port }).toEqual({
          protocol: 'https:',
          username: '',
          password: '',
          port: '',
        });
        const address = hostname.replace(/^\[|\]$/g, '');
        if (ipaddr.isValid(address)) expect(ipaddr.process(address).range()).toBe('unicast');
        else expect(hostname).toMatch(/\.[a-z]/);
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test('property 12: all spellings of one address get the same answer', () => {
    const known = fc.constantFrom(0x7f000001, 0x0a000001, 0xa9fea9fe, 0x5db8d822, 0x08080808, 0xc0a80001);
    fc.assert(
      fc.property(fc.oneof(known, fc.integer({ min: 0, max: 0xffffffff })), (number) => {
        const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
        const [a = 0, b = 0, c = 0, d = 0] = bytes;
        const isPublic = isPublicUrl(`https://${bytes.join('.')}/`);
        const spellings = [
          String(number >>> 0),
          `0x${(number >>> 0).toString(16)}`,
          bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
          bytes.map((byte) => `0x${byte.toString(16)}`).join('.'),
          `${a}.${b}.${c * 256 + d}`,
          `${a}.${b * 65_536 + c * 256 + d}`,
          bytes.join('。'),
          bytes.join('.').replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
          `[::ffff:${bytes.join('.')}]`,
          `${bytes.join('.')}.`,
        ];
        const differing = spellings.filter((spelling) => isPublicUrl(`https://${spelling}/`) !== isPublic);
        expect(differing).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
