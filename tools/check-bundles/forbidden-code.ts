import { builtinModules } from 'node:module';
import type { BrowserEntry } from './browser-entries.ts';

/** Code that has no business in a bundle. */
export interface ForbiddenCode {
  /** What to look for in minified code. */
  readonly pattern: RegExp;
  /** A text that the pattern finds. */
  readonly example: string;
  /** What its presence tells. */
  readonly reason: string;
  /** Where it must not be. */
  readonly from: readonly BrowserEntry['runsIn'][];
}

const everywhere = ['browser', 'worker'] as const;
/** A worker is the host's own server. */
const browsers = ['browser'] as const;

/** What must not leave the server, and what runs in Node alone. */
export const forbiddenCode: readonly ForbiddenCode[] = [
  { pattern: /amazonaws/g, example: 's3.amazonaws.com', reason: 'the AWS SDK, or an endpoint of AWS', from: browsers },
  { pattern: /X-Amz-Credential/g, example: 'X-Amz-Credential', reason: 'a signer of AWS', from: browsers },
  {
    pattern: /AWS_SECRET_ACCESS_KEY/g,
    example: 'AWS_SECRET_ACCESS_KEY',
    reason: 'credentials of AWS',
    from: everywhere,
  },
  { pattern: /secretAccessKey/g, example: 'secretAccessKey', reason: 'credentials of AWS', from: browsers },
  {
    pattern: /api\.cloudflare\.com/g,
    example: 'https://api.cloudflare.com/client/v4',
    reason: 'the API of Cloudflare, which takes a token of the account',
    from: browsers,
  },
  {
    // With what follows it: a scrubber that looks for the words alone is no key.
    pattern: /PRIVATE KEY-----(\\r|\\n|\s)/g,
    example: '-----BEGIN PRIVATE KEY-----\nMIIE',
    reason: 'a private key',
    from: everywhere,
  },
  // By the names of its modules: `{node:e}` is a member that a minifier has written.
  {
    pattern: new RegExp(`\\bnode:(?:${builtinModules.join('|')})\\b`, 'g'),
    example: 'node:fs',
    reason: 'a module of Node',
    from: everywhere,
  },
  {
    pattern: /\bprocess\.(env|versions|platform)/g,
    example: 'process.env',
    reason: 'code that is meant for Node',
    from: everywhere,
  },
  { pattern: /\b__dirname\b/g, example: '__dirname', reason: 'code that is meant for Node', from: everywhere },
];
