/** Code that has no business in a browser. */
export interface ForbiddenCode {
  /** What to look for in minified code. */
  readonly pattern: RegExp;
  /** A text that the pattern finds. */
  readonly example: string;
  /** What its presence tells. */
  readonly reason: string;
}

/** What must not leave the server. */
export const forbiddenCode: readonly ForbiddenCode[] = [
  { pattern: /amazonaws/g, example: 's3.amazonaws.com', reason: 'the AWS SDK, or an endpoint of AWS' },
  { pattern: /X-Amz-Credential/g, example: 'X-Amz-Credential', reason: 'a signer of AWS' },
  { pattern: /AWS_SECRET_ACCESS_KEY/g, example: 'AWS_SECRET_ACCESS_KEY', reason: 'the credentials of AWS' },
  { pattern: /secretAccessKey/g, example: 'secretAccessKey', reason: 'the credentials of AWS' },
  {
    pattern: /api\.cloudflare\.com/g,
    example: 'https://api.cloudflare.com/client/v4',
    reason: 'the API of Cloudflare, which takes a token of the account',
  },
  {
    // With what follows it: a scrubber that looks for the words alone is no key.
    pattern: /PRIVATE KEY-----(\\r|\\n|\s)/g,
    example: '-----BEGIN PRIVATE KEY-----\nMIIE',
    reason: 'a private key',
  },
  { pattern: /\bnode:/g, example: 'node:fs', reason: 'a module of Node' },
  { pattern: /\bprocess\.(env|versions|platform)/g, example: 'process.env', reason: 'code that is meant for Node' },
  { pattern: /\b__dirname\b/g, example: '__dirname', reason: 'code that is meant for Node' },
];
