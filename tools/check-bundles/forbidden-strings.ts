/** A string that has no business in a browser. */
export interface ForbiddenString {
  readonly text: string;
  /** What its presence tells. */
  readonly reason: string;
}

/** What must not leave the server, as it stands in minified code. */
export const forbiddenStrings: readonly ForbiddenString[] = [
  { text: 'amazonaws', reason: 'the AWS SDK, or an endpoint of AWS' },
  { text: 'X-Amz-Credential', reason: 'a signer of AWS' },
  { text: 'AWS_SECRET_ACCESS_KEY', reason: 'the credentials of AWS' },
  { text: 'secretAccessKey', reason: 'the credentials of AWS' },
  { text: 'api.cloudflare.com', reason: 'the API of Cloudflare, which takes a token of the account' },
  { text: 'PRIVATE KEY-----', reason: 'a private key' },
  { text: 'node:', reason: 'a module of Node' },
  { text: 'process.env', reason: 'the environment of a server' },
  { text: 'process.versions', reason: 'code that is meant for Node' },
  { text: '__dirname', reason: 'code that is meant for Node' },
];
