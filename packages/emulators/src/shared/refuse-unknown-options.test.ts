import { expect, test } from 'vitest';
import { CloudflareStreamEmulator } from '../cloudflare-stream/cloudflare-stream-emulator.ts';
import { CloudFrontEmulator } from '../cloudfront/cloudfront-emulator.ts';
import { S3Emulator } from '../s3/s3-emulator.ts';

const started = { S3Emulator, CloudFrontEmulator, CloudflareStreamEmulator };

test.each(Object.entries(started))('%s refuses an unknown option, and names the known ones', async (name, emulator) => {
  const start = Reflect.apply(emulator.start, emulator, [{ prot: 9000 }]);
  await expect(start).rejects.toThrow(new RegExp(`^${name}: .prot. is not an option; the options are .*\\bport\\b`));
});

test('a name that every object inherits is refused too', async () => {
  const start = Reflect.apply(S3Emulator.start, S3Emulator, [{ toString: () => 'options' }]);
  await expect(start).rejects.toThrow('`toString` is not an option');
});
