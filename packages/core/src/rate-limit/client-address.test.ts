import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientAddressKey } from './client-address.ts';

describe('T-E5', () => {
  test('all spellings of one address have one key', () => {
    for (const spelling of [
      '1.2.3.4',
      '::ffff:1.2.3.4',
      '::FFFF:102:304',
      '0:0:0:0:0:ffff:102:304',
      '::ffff:0102:0304',
    ]) {
      expect(clientAddressKey(spelling)).toBe('1.2.3.4');
    }
  });

  test('two IPv4 addresses have two keys, two IPv6 addresses of one /64 have one, two networks have two', () => {
    expect(clientAddressKey('::ffff:1.2.3.5')).not.toBe(clientAddressKey('1.2.3.4'));
    expect(clientAddressKey('2001:db8:1:2::1')).toBe(clientAddressKey('2001:0DB8:1:2:ffff:ffff:ffff:ffff'));
    expect(clientAddressKey('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
    expect(clientAddressKey('2001:db8:1:3::1')).not.toBe(clientAddressKey('2001:db8:1:2::1'));
    expect(clientAddressKey('::1')).toBe('0:0:0:0::/64');
    expect(clientAddressKey('1::2:3:4:5:6')).toBe('1:0:0:2::/64');
    expect(clientAddressKey('2001:db8:0:0:0:ffff:102:304')).toBe('2001:db8:0:0::/64');
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '0x7f.0.0.1',
    '2130706433',
    'fe80::1%eth0',
    'localhost',
    '[::1]',
    '::1]/@x',
    // A URL drops tabs and line ends.
    '\n::1',
    '::1\n',
    ':\t:1',
    '\n1.2.3.4',
    '1.2.3.4\n',
    '1::2::3',
    ':',
    'x'.repeat(1000),
  ])('%j is not an address', (text) => {
    expect(clientAddressKey(text)).toBeUndefined();
  });

  test.each([0, 1, 2, 3])('number %i of an IPv4 address may be 0 to 255 in decimal, and nothing else', (place) => {
    const withNumber = (text: string) => ['1', '1', '1', '1'].with(place, text).join('.');
    const numbers = Array.from({ length: 256 }, (_, number) => withNumber(String(number)));
    expect(numbers.filter((address) => clientAddressKey(address) !== address)).toEqual([]);
    const others = [
      '',
      '256',
      '260',
      '300',
      '1000',
      '00',
      '01',
      '2a',
      'a2',
      '1a1',
      '11a',
      '24a',
      '2a4',
      '25a',
      '-1',
      ' 1',
    ];
    expect(others.map(withNumber).filter((address) => clientAddressKey(address) !== undefined)).toEqual([]);
  });

  test('property: any IPv6 address has the key of its /64, whatever its last half', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const key = clientAddressKey(address);
        expect(key).toMatch(/^(?:[0-9a-f]{1,4}:){4}:\/64$|^\d+\.\d+\.\d+\.\d+$/);
        if (key?.endsWith('/64')) expect(clientAddressKey(`${key.slice(0, -3)}9`)).toBe(key);
      }),
    );
  });
});
