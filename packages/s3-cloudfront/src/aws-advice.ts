/** What is known of a refusal, to say what to set or do. */
export interface RefusedAnswer {
  /** The service's own name of it. */
  readonly name: string;
  /** HTTP status; undefined when nothing was answered. */
  readonly status: number | undefined;
  /** Of Node, for instance `ENOTFOUND`. */
  readonly systemCode: string;
  /** Where the bucket is, by the answer. */
  readonly bucketRegion: string | undefined;
}

const CREDENTIALS =
  'Check `credentials`, or the environment, profile or role that the SDK takes them from: keys of another account or store, deleted ones and mistyped secrets are refused so.';
const EXPIRED = 'The temporary credentials have ended: pass a provider function as `credentials`, which renews them.';
const RIGHTS =
  'The credentials are valid, but may not do this: check their policy and that of the bucket (`HostPolicy` of `infrastructure/template.yaml` lists the rights).';

/** By name, what a developer has to do; nothing here depends on what was sent. */
const BY_NAME: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  InvalidClientTokenId: CREDENTIALS,
  UnrecognizedClientException: CREDENTIALS,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  InvalidToken:
    'The session token is not of these keys: set `credentials.sessionToken` with the keys that it came with.',
  AccessDenied: RIGHTS,
  NoSuchBucket: 'There is no such bucket: check `bucket`, and `endpoint` where one is set.',
  InvalidBucketName: 'Check `bucket`: the store takes no bucket of that name.',
  NoSuchDistribution:
    'There is no such distribution: check `cloudFront.distributionId` and the account of `credentials`.',
  RequestTimeTooSkewed: 'Set the clock of this computer: it is more than 15 minutes off.',
  'KMS.NotFoundException': 'There is no such key: check `kmsKeyId`, whose region must be that of the bucket.',
  'KMS.DisabledException': 'Enable the KMS key of the bucket.',
};
const WRONG_REGION = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/** One sentence on the fix of a refusal; undefined when there is nothing to say beside the refusal itself. */
export function adviceOn({ name, status, systemCode, bucketRegion }: RefusedAnswer): string | undefined {
  if (WRONG_REGION.has(name) || status === 301) {
    const region = bucketRegion !== undefined && /^[a-z0-9-]{2,32}$/.test(bucketRegion) ? `, ${bucketRegion}` : '';
    return `The bucket is in another region: set \`region\` to its own${region}, and \`endpoint\` where one is set.`;
  }
  // The SDK found no keys, so nobody was asked.
  if (name.startsWith('Credentials'))
    return 'No credentials were found, and nothing was sent: set `credentials`, or the environment, profile or role that the SDK looks into.';
  if (systemCode === 'ENOTFOUND')
    return 'The host name has no address: check `endpoint`, or `region` where none is set.';
  return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
}

/** For what does not speak as S3 does: the page of a web server, a proxy or a sign-in. */
export const NOT_THE_SERVICE =
  'Check `endpoint` and what stands before it: this is not how the service answers, but a web server, a proxy or a sign-in page may.';
