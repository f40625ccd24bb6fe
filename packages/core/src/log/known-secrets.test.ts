import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { checkBaseOptions } from '../options/storage-options.ts';
import { isKnownSecret, SECRET_COMMAND } from './known-secrets.ts';
import { Secret } from './secret.ts';

const encode = (text: string) => new TextEncoder().encode(text);

describe('a secret that a README published', () => {
  test.each([
    'keep at least 32 bytes of this in your environment',
    'at least 32 bytes, from your environment',
    'from your environment',
    'a token with the permission Account, Stream, Edit',
    'a-token-with-the-permission-stream-edit',
    '  Keep at least 32 bytes of this in your environment\n',
  ])('is refused as text, as bytes and as a secret of references: %j', (sample) => {
    for (const make of [
      () => new Secret(sample),
      () => new Secret(encode(sample)),
      () => checkBaseOptions('local', { referenceSecrets: ['k'.repeat(32), sample] }),
    ]) {
      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow(SECRET_COMMAND);
      // Placeholders are copied with real secrets beside them; no message repeats what was given.
      expect(make).not.toThrow(sample);
    }
  });

  test.each(['keep at least 32 bytes of this in your environmen', 'x'.repeat(64), 'x'.repeat(65), ''])(
    'is distinguished from another text: %j',
    (text) => {
      expect(isKnownSecret(encode(text))).toBe(false);
    },
  );
});
