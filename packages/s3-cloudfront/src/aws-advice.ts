/** The facts about a refusal that the advice depends on. */
export interface RefusedAnswer {
  /** The service's own error code. */
  readonly name: string;
  /** HTTP status; undefined when nothing was answered. */
  readonly status: number | undefined;
  /** Node's error code, for instance `ENOTFOUND`; empty when there is none. */
  readonly systemCode: string;
  /** The region that the answer names for the bucket. */
  readonly bucketRegion: string | undefined;
}

const CREDENTIALS =
  'Check `credentials`, or the environment, profile or role that the SDK takes them from: this is the answer to deleted keys, keys of another account or store, and mistyped secrets.';
const EXPIRED = 'The temporary credentials have expired: pass a provider function as `credentials`, which renews them.';
const RIGHTS =
  'The credentials are valid, but may not do this: check their policy and that of the bucket (`HostPolicy` of `infrastructure/template.yaml` lists the rights).';

/** What to do, by the service's error code. Constant texts: no value of the request appears in them. */
const BY_NAME: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  InvalidClientTokenId: CREDENTIALS,
  UnrecognizedClientException: CREDENTIALS,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  InvalidToken:
    'The session token does not belong to these keys: set `credentials.sessionToken` to the token that was issued with them.',
  AccessDenied: RIGHTS,
  NoSuchBucket: 'There is no such bucket: check `bucket`, and `endpoint` if it is set.',
  InvalidBucketName: 'Check `bucket`: the store does not allow that name.',
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

/** One sentence that explains how to fix the refusal; undefined when the refusal needs no explanation. */
export function adviceOn({ name, status, systemCode, bucketRegion }: RefusedAnswer): string | undefined {
  if (WRONG_REGION.has(name) || status === 301) {
    const region = bucketRegion !== undefined && /^[a-z0-9-]{2,32}$/.test(bucketRegion) ? `, ${bucketRegion}` : '';
    return `The bucket is in another region: set \`region\` to its own${region}, and \`endpoint\` if it is set.`;
  }
  // The SDK found no keys, so no request was sent.
  if (name.startsWith('Credentials'))
    return 'No credentials were found, and nothing was sent: set `credentials`, or the environment, profile or role that the SDK reads.';
  if (systemCode === 'ENOTFOUND')
    return 'The host name has no address: check `endpoint`, or `region` if no endpoint is set.';
  return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
}

/** Advice on an answer that is not in the service's format. */
export const NOT_THE_SERVICE =
  'Check `endpoint` and any proxy in front of it: the answer is not in the format of the service; a web server, a proxy or a sign-in page may have sent it.';
