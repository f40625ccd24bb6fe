import { randomBytes, randomInt } from 'node:crypto';

/**
 * The variables that examples read, as a developer sets them who follows the README: fresh random values, since published
 * ones are refused.
 */
export function exampleSettings(): Readonly<Record<string, string>> {
  const secret = () => randomBytes(32).toString('base64url');
  return {
    VIDEO_SECRET: secret(),
    // Any free port, since an example may run twice at once.
    PORT: String(20_000 + randomInt(20_000)),
    CLOUDFLARE_API_TOKEN: secret(),
    AWS_ACCESS_KEY_ID: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    AWS_SECRET_ACCESS_KEY: secret(),
  };
}
