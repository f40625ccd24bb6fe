import { ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

const clock = new ManualClock();
const inSeconds = (seconds: number) => Math.floor(clock.now() / 1000) + seconds;
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
let uid: string;

beforeAll(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
  client = new StreamTestClient(emulator);
  uid = (await client.createUpload()).uid;
});
afterAll(() => emulator.stop());

const block = { type: 'any', action: 'block' };
const country = { type: 'ip.geoip.country', action: 'allow', country: ['GB'] };
const address = { type: 'ip.src', action: 'allow', ip: ['93.184.216.0/24', '2400:cb00::/32'] };

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['an empty object', {}],
  ['five rules of all types', { accessRules: [country, address, country, address, block] }],
  ['no rule', { accessRules: [] }],
  ['flags', { flags: { original: true } }],
  ['a day', { exp: inSeconds(24 * 3600) }],
  ['a download', { downloadable: true }],
])('/token accepts %s', async (_name, body) => {
  const { status, body: answer } = await client.api('POST', `/${uid}/token`, body);
  expect(status).toBe(200);
  expect(String(answer.result['token']).split('.')).toHaveLength(3);
});

test.each<[string, unknown]>([
  ['six rules', { accessRules: [country, address, country, address, country, block] }],
  ['rules that are not a list', { accessRules: block }],
  ['a rule of an unknown type', { accessRules: [{ type: 'ip.asn', action: 'allow' }] }],
  ['a rule of an unknown action', { accessRules: [{ type: 'any', action: 'deny' }] }],
  ['a malformed rule after one that decides', { accessRules: [block, { type: 'ip.src', action: 'allow' }] }],
  ['an invalid address', { accessRules: [{ type: 'ip.src', action: 'allow', ip: ['1.2.3'] }] }],
  ['more than a day', { exp: inSeconds(24 * 3600 + 1) }],
  ['an end as text', { exp: String(inSeconds(60)) }],
  ['a fractional begin', { nbf: inSeconds(0) + 0.5 }],
  ['a download as text', { downloadable: 'true' }],
  ['flags that are not an object', { flags: true }],
  ['an id without its key', { id: 'k' }],
  ['a key without its id', { pem: 'p' }],
])('/token refuses %s', async (_name, body) => {
  const { status, body: answer } = await client.api('POST', `/${uid}/token`, body);
  expect([status, answer.errors[0]?.code]).toEqual([400, 10005]);
});

test('/token of a video that does not exist', async () => {
  const { status, body } = await client.api('POST', `/${'0'.repeat(32)}/token`);
  expect([status, body.errors[0]?.code]).toEqual([404, 10003]);
});
