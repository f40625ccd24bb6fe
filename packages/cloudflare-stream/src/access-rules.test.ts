import { describe, expect, test } from 'vitest';
import { type AccessRule, accessRulesSchema, combineAccessRules, onlyFrom } from './access-rules.ts';

const any = (action: AccessRule['action']): AccessRule => ({ type: 'any', action });
const country = (action: AccessRule['action'], ...codes: string[]): AccessRule => ({
  type: 'ip.geoip.country',
  action,
  country: codes,
});
const source = (action: AccessRule['action'], ip: string): AccessRule => ({ type: 'ip.src', action, ip: [ip] });
const messagesOf = (rules: unknown) =>
  accessRulesSchema.safeParse(rules).error?.issues.map(({ message }) => message) ?? [];

/** As Cloudflare decides: the first match wins, no match is allowed. */
function plays(rules: readonly AccessRule[], viewer: { readonly country: string; readonly ip: string }): boolean {
  const first = rules.find(
    (rule) =>
      rule.type === 'any' ||
      (rule.type === 'ip.src' ? rule.ip.includes(viewer.ip) : rule.country.includes(viewer.country)),
  );
  return first?.action !== 'block';
}

describe('rules from outside', () => {
  test.each<[string, readonly AccessRule[]]>([
    ['none', []],
    ['only blocks', [country('block', 'FR')]],
    ['blocks, and all others are allowed', [country('block', 'FR'), source('block', '192.0.2.1'), any('allow')]],
    ['allowed viewers, and all others are blocked', [country('allow', 'GB'), any('block')]],
    ['an exception, and blocks', [source('allow', '192.0.2.1'), country('block', 'FR')]],
    ['nobody', [any('block')]],
    ['five rules', Array.from({ length: 5 }, () => country('block', 'FR'))],
  ])('%s are accepted', (_name, rules) => {
    expect(accessRulesSchema.parse(rules)).toEqual(rules);
  });

  test('six rules are refused', () => {
    const six = Array.from({ length: 6 }, () => country('block', 'FR'));
    expect(messagesOf(six)).toEqual(['must be at most 5 rules']);
  });

  test('a rule for any viewer before others is refused: those after it never apply', () => {
    const message = expect.stringMatching(/at its end only.*never apply/);
    expect(messagesOf([any('allow'), country('block', 'FR')])).toEqual([message]);
    expect(messagesOf([any('block'), any('block')])).toEqual([message]);
    expect(messagesOf([country('block', 'FR'), any('block'), any('allow')])).toEqual([message]);
  });

  test('a list that ends with an allow rule is refused: a viewer who matches no rule is allowed too', () => {
    const message = expect.stringContaining("must end with { type: 'any', action: 'block' }");
    expect(messagesOf([country('allow', 'GB')])).toEqual([message]);
    expect(messagesOf([country('block', 'FR'), source('allow', '192.0.2.1')])).toEqual([message]);
  });

  test.each([
    ...['192.0.2.1', '0.0.0.0', '192.0.2.0/24', '192.0.2.1/32', '0.0.0.0/0'],
    ...['2001:db8::1', '::1', '2001:db8::/32', '::1/128', '::ffff:192.0.2.1'],
  ])('the address or range %s is accepted', (ip) => {
    expect(messagesOf([source('block', ip)])).toEqual([]);
  });

  test.each([
    ...['', '127.1', '2130706433', '0x7f.0.0.1', '010.0.0.1', '192.0.2', '192.0.2.1.5', '192.0.2.256', '192.0.2.1/'],
    ...['192.0.2.1/33', '192.0.2.1/024', '192.0.2.1/24/8', ' 192.0.2.1', '192.0.2.1\n', 'x192.0.2.1', '192.0.2.1x'],
    ...[':', '1::2::3', '::1/129', '::1/064', '::1/', 'fe80::1%eth0', '::ffff:010.0.0.1', 'host', 'host:443'],
  ])('the address or range %j is refused', (ip) => {
    expect(messagesOf([source('block', ip)])).toEqual(['must be addresses or ranges such as 93.184.216.0/24']);
  });
});

describe('combined rules', () => {
  const lists: readonly (readonly AccessRule[])[] = [
    ...[[], [any('allow')], [any('block')], [country('block', 'FR')], [country('block', 'FR'), any('allow')]],
    ...[
      [country('allow', 'GB'), any('block')],
      [source('allow', '192.0.2.1'), country('block', 'FR')],
    ],
    ...[[country('allow', 'GB'), any('allow')], [source('block', '192.0.2.1')], onlyFrom('192.0.2.1')],
  ];
  const viewers = ['GB', 'FR', 'US'].flatMap((code) => ['192.0.2.1', '192.0.2.2'].map((ip) => ({ country: code, ip })));
  /** Whether a list names the viewers who are allowed, or allows nobody. */
  const names = (rules: readonly AccessRule[]) =>
    rules.some((rule) => (rule.type === 'any' ? rule.action === 'block' : rule.action === 'allow'));

  test('allow the viewers whom both lists allow, and nobody else; two lists that name allowed viewers cannot be combined', () => {
    for (const one of lists) {
      for (const other of lists) {
        const combined = combineAccessRules(one, other);
        const shown = JSON.stringify({ one, other, combined });
        expect(combined === undefined, shown).toBe(names(one) && names(other));
        if (combined === undefined) continue;
        expect(accessRulesSchema.safeParse(combined).success, shown).toBe(true);
        for (const viewer of viewers) {
          expect(plays(combined, viewer), shown).toBe(plays(one, viewer) && plays(other, viewer));
        }
      }
    }
  });

  test('a rule that allows all others is left out, so that the rules after it apply', () => {
    const blocks = [country('block', 'FR'), any('allow')];
    const both = [...blocks.slice(0, 1), ...onlyFrom('192.0.2.1')];
    expect(combineAccessRules(blocks, onlyFrom('192.0.2.1'))).toEqual(both);
    expect(combineAccessRules(onlyFrom('192.0.2.1'), blocks)).toEqual(both);
    expect(combineAccessRules(blocks, [])).toEqual([country('block', 'FR')]);
  });

  test('are five at most', () => {
    const blocks = (count: number) => Array.from({ length: count }, () => country('block', 'FR'));
    expect(combineAccessRules(blocks(3), onlyFrom('192.0.2.1'))).toHaveLength(5);
    expect(combineAccessRules(blocks(4), onlyFrom('192.0.2.1'))).toBeUndefined();
    expect(combineAccessRules(blocks(2), blocks(3))).toHaveLength(5);
    expect(combineAccessRules(blocks(3), blocks(3))).toBeUndefined();
  });
});
