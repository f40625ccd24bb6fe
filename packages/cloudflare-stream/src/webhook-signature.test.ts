import { createHmac } from 'node:crypto';
import { Secret } from '@videostorage/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import { parseSignatureHeader, verifyWebhook } from './webhook-signature.ts';

const SECRET = '85011ed3a913c6ad5f9cf6c5573cc0a7';
const TIME = 1_230_811_200;
const encode = (text: string) => new TextEncoder().encode(text);
const verify = (body: Uint8Array, header: string, nowSeconds = TIME, secrets = [SECRET]) =>
  verifyWebhook(
    body,
    header,
    secrets.map((secret) => new Secret(secret)),
    nowSeconds * 1000,
  );
const sign = (body: Uint8Array, time = TIME, secret = SECRET) =>
  createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');

describe('T-G5', () => {
  test.each([
    [
      '{"uid":"6b9e68b07dfee8cc2d116e4c51d6a957","readyToStream":true}',
      'baf8b35ee3c62e48ad7217a648ab1dbaa8ff5d589bd99b023bf821f86cf27f24',
    ],
    ['{"meta":{"name":"café"}}\n', '53ad1797683c5db0a9c109221c7ac74d9b914001ed82d3d10f068cc7560f84c9'],
  ])('the provider’s test vector %j verifies', async (body, signature) => {
    expect(await verify(encode(body), `time=${TIME},sig1=${signature}`)).toEqual({ time: String(TIME), signature });
    expect(sign(encode(body))).toBe(signature);
  });

  const body = encode('{"uid":"x"}');
  const good = sign(body);
  test.each([
    ['nothing', ''],
    ['no signature', `time=${TIME}`],
    ['no time', `sig1=${good}`],
    ['another scheme', `time=${TIME},v1=${good}`],
    ['time that is no number', `time=NaN,sig1=${sign(body, Number.NaN)}`],
    ['time with an exponent', `time=1e9,sig1=${good}`],
    ['negative time', `time=-5,sig1=${good}`],
    ['two times', `time=${TIME},time=${TIME},sig1=${good}`],
    ['two signatures', `time=${TIME},sig1=${good},sig1=${good}`],
    ['a thousand signatures', `time=${TIME},${Array.from({ length: 1000 }, () => `sig1=${good}`).join(',')}`],
    ['upper case', `time=${TIME},sig1=${good.toUpperCase()}`],
    ['a cut signature', `time=${TIME},sig1=${good.slice(0, -2)}`],
    ['a longer signature', `time=${TIME},sig1=${good}00`],
    ['no hex', `time=${TIME},sig1=${'z'.repeat(64)}`],
    ['a signature of another time', `time=${TIME + 1},sig1=${good}`],
  ])('%s is refused', async (_name, header) => {
    await expect(verify(body, header)).rejects.toMatchObject({ code: 'WEBHOOK_SIGNATURE_INVALID' });
  });

  test('the parts of a header are whole: a time of digits alone, a signature of 64 hexadecimal digits', () => {
    const parsed = { time: String(TIME), signature: good };
    expect(parseSignatureHeader(`time=${TIME},sig1=${good}`)).toEqual(parsed);
    expect(parseSignatureHeader(` sig1 = ${good} , time = ${TIME}`)).toEqual(parsed);
    for (const [time, signature] of [
      [TIME, `${good}0`],
      [TIME, `0${good}`],
      [TIME, good.slice(1)],
      [`${TIME}s`, good],
      [`-${TIME}`, good],
      ['1'.repeat(13), good],
    ]) {
      expect(parseSignatureHeader(`time=${time},sig1=${signature}`)).toBeUndefined();
    }
  });

  test('a header may hold parts of other names, once each, in 512 characters', () => {
    const parsed = { time: String(TIME), signature: good };
    const header = `time=${TIME},sig1=${good}`;
    expect(parseSignatureHeader(`v=1,${header}`)).toEqual(parsed);
    expect(parseSignatureHeader(`${header},more=`)).toEqual(parsed);
    for (const part of ['=1', '=', '', 'more', ' ']) expect(parseSignatureHeader(`${header},${part}`)).toBeUndefined();
    const long = `${header},v=`.padEnd(512, '1');
    expect(parseSignatureHeader(long)).toEqual(parsed);
    expect(parseSignatureHeader(`${long}1`)).toBeUndefined();
  });

  test.each(['{"uid": "x"}', '{"uid":"x"}\r\n', '\uFEFF{"uid":"x"}', '{"uid":"y"}', ''])(
    'the body %j in its place is refused',
    async (other) => {
      await expect(verify(encode(other), `time=${TIME},sig1=${good}`)).rejects.toMatchObject({
        code: 'WEBHOOK_SIGNATURE_INVALID',
      });
    },
  );

  test.each([301, -301, 86_400, -86_400])(
    'a time that is %s seconds off is refused, five minutes both ways are accepted',
    async (offBy) => {
      const header = `time=${TIME},sig1=${good}`;
      await expect(verify(body, header, TIME + offBy)).rejects.toMatchObject({
        code: 'WEBHOOK_SIGNATURE_INVALID',
        message: expect.stringContaining(
          offBy > 0 ? `it is ${offBy} seconds old,` : `it is ${-offBy} seconds ahead of this`,
        ),
      });
      await verify(body, header, TIME + Math.sign(offBy) * 300);
    },
  );

  test('no secret, no signature, a forged one and a skewed clock are distinguished; a forged one is never reported as late', async () => {
    const messageOf = (...args: Parameters<typeof verify>) => verify(...args).then(String, String);
    const header = `time=${TIME},sig1=${good}`;
    const messages = await Promise.all([
      messageOf(body, header, TIME, []),
      messageOf(body, ''),
      messageOf(body, `time=${TIME},sig1=${'0'.repeat(64)}`),
      messageOf(body, header, TIME + 301),
    ]);
    expect(messages).toEqual([
      expect.stringContaining('Pass what `webhooks.subscribe(url)` returned as `webhookSecrets`'),
      expect.stringContaining(
        'it has no header `Webhook-Signature` with a `time` and a `sig1`, so it is not from Cloudflare',
      ),
      expect.stringContaining('no secret of `webhookSecrets` made its signature'),
      expect.stringContaining('it is 301 seconds old, and 300 are allowed'),
    ]);
    expect(await messageOf(body, `time=${TIME},sig1=${'0'.repeat(64)}`, TIME + 301)).toBe(messages[2]);
  });

  test('rotation: any of the secrets verifies, a wrong one of the right length does not', async () => {
    const header = `time=${TIME},sig1=${good}`;
    await verify(body, header, TIME, ['0'.repeat(32), SECRET]);
    await expect(verify(body, header, TIME, ['0'.repeat(32)])).rejects.toMatchObject({
      code: 'WEBHOOK_SIGNATURE_INVALID',
    });
    await expect(verify(body, header, TIME, [])).rejects.toMatchObject({ code: 'WEBHOOK_SIGNATURE_INVALID' });
    await expect(verify(body, header, TIME, [`${SECRET} `])).rejects.toMatchObject({
      code: 'WEBHOOK_SIGNATURE_INVALID',
    });
  });
});

describe('property 6', () => {
  test('what was signed verifies; any changed byte of body, time or signature does not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (bytes, at, flip) => {
          const signed = new Uint8Array(bytes);
          const signature = sign(signed);
          await verify(signed, `time=${TIME},sig1=${signature}`);
          const other = new Uint8Array(signed);
          const place = at % other.length;
          other[place] = (other[place] ?? 0) ^ flip;
          await expect(verify(other, `time=${TIME},sig1=${signature}`)).rejects.toMatchObject({
            code: 'WEBHOOK_SIGNATURE_INVALID',
          });
          const digit = at % 64;
          const changed = `${signature.slice(0, digit)}${signature[digit] === '0' ? '1' : '0'}${signature.slice(digit + 1)}`;
          await expect(verify(signed, `time=${TIME},sig1=${changed}`)).rejects.toMatchObject({
            code: 'WEBHOOK_SIGNATURE_INVALID',
          });
        },
      ),
      propertyRuns(100),
    );
  });

  test('another secret or another time never verifies; more than 300 seconds off neither way', async () => {
    const refused = { code: 'WEBHOOK_SIGNATURE_INVALID' };
    const shift = fc.integer({ min: -100_000, max: 100_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ minLength: 1 }),
        shift,
        async (bytes, other, offBy) => {
          const signed = new Uint8Array(bytes);
          const signature = sign(signed);
          const header = `time=${TIME},sig1=${signature}`;
          const key = Buffer.from(other).toString('hex');
          await expect(verify(signed, header, TIME, [key])).rejects.toMatchObject(refused);
          if (offBy !== 0) {
            const moved = verify(signed, `time=${TIME + offBy},sig1=${signature}`, TIME + offBy);
            await expect(moved).rejects.toMatchObject(refused);
          }
          const late = verify(signed, header, TIME + offBy);
          if (Math.abs(offBy) > 300) await expect(late).rejects.toMatchObject(refused);
          else await late;
        },
      ),
      propertyRuns(100),
    );
  });

  test('the parser accepts any text without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(time|sig1|=|,|\d){0,80}$/)), (text) => {
        const parsed = parseSignatureHeader(text);
        if (parsed !== undefined) expect(text).toContain(parsed.signature);
      }),
      propertyRuns(100),
    );
  });
});
