import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument, visit } from 'yaml';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}
type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> };

const text = readFileSync(new URL('../infrastructure/template.yaml', import.meta.url), 'utf8');
const tags = ['Ref', 'Sub', 'GetAtt', 'If', 'Not', 'Equals'].flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => ({ [name]: value }) },
  { tag: `!${name}`, collection: 'seq' as const },
]);
const document = parseDocument(text, { customTags: tags });
const template = document.toJS() as {
  Parameters: Record<string, object>;
  Rules: { OneKey: { Assertions: readonly [{ Assert: unknown }] } };
  Conditions: Record<string, unknown>;
  Resources: Record<string, Resource>;
  Outputs: object;
};
const resource = (name: string): Record<string, unknown> => template.Resources[name]?.Properties ?? {};

describe('the CloudFormation template', () => {
  test('parses without error or warning', () => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
  });

  test('every reference leads to a parameter, a resource or a pseudo parameter', () => {
    const known = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)]);
    const names: string[] = [];
    visit(document, {
      Scalar(_key, node) {
        const value =
          typeof node.value === 'object' && node.value !== null ? (node.value as Record<string, string>) : {};
        if (value['Ref'] !== undefined) names.push(value['Ref']);
        if (value['GetAtt'] !== undefined) names.push(value['GetAtt'].split('.')[0] ?? '');
        for (const match of (value['Sub'] ?? '').matchAll(/\$\{([^}.]+)[^}]*\}/g)) names.push(match[1] ?? '');
      },
    });
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !known.has(name) && !name.startsWith('AWS::'))).toEqual([]);
  });

  test('has all that the package needs, and nothing legacy', () => {
    const types = Object.values(template.Resources).map((one) => one.Type);
    expect(new Set(types)).toEqual(
      new Set([
        'AWS::S3::Bucket',
        'AWS::S3::BucketPolicy',
        'AWS::CloudFront::OriginAccessControl',
        'AWS::CloudFront::PublicKey',
        'AWS::CloudFront::KeyGroup',
        'AWS::CloudFront::ResponseHeadersPolicy',
        'AWS::CloudFront::Distribution',
        'AWS::IAM::ManagedPolicy',
      ]),
    );
    expect(text).not.toMatch(/ForwardedValues|TrustedSigners|origin-access-identity\//);
  });

  test('the bucket is private, its own, and releases unfinished uploads', () => {
    expect(resource('Bucket')).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      CorsConfiguration: { CorsRules: [{ AllowedMethods: ['POST', 'PUT', 'GET', 'HEAD'] }] },
    });
    expect(JSON.stringify(resource('Bucket'))).toContain('"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}');
  });

  test('objects that no reference can reach any more expire; records and videos never do', () => {
    const { Rules } = resource('Bucket')['LifecycleConfiguration'] as { readonly Rules: readonly object[] };
    const expiring = Rules.filter((rule) => 'ExpirationInDays' in rule);
    const old = { NoncurrentVersionExpiration: { NoncurrentDays: 2 } };
    expect(expiring).toEqual([
      expect.objectContaining({ Prefix: { Sub: '\u0024{KeyPrefix}uploads/' }, ExpirationInDays: 3, ...old }),
      expect.objectContaining({ Prefix: { Sub: '\u0024{KeyPrefix}claims/' }, ExpirationInDays: 7, ...old }),
    ]);
  });

  test('a video that was requested before its confirm is not cached as missing', () => {
    expect(resource('Distribution')['DistributionConfig']).toMatchObject({
      CustomErrorResponses: [
        { ErrorCode: 403, ErrorCachingMinTTL: 0 },
        { ErrorCode: 404, ErrorCachingMinTTL: 0 },
      ],
    });
  });

  test('the distribution plays signed requests only, over TLS, and forbids sniffing', () => {
    const config = resource('Distribution')['DistributionConfig'];
    expect(config).toMatchObject({
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only', TrustedKeyGroups: [{ Ref: 'KeyGroup' }] },
    });
    expect(JSON.stringify(resource('ResponseHeaders'))).toContain('ContentTypeOptions');
  });

  test('the host may do what the client calls, and no more, below the prefix only', () => {
    const statements = statementsOf('HostPolicy');
    expect(statements.map(({ Sid, Action, Resource }) => [Sid, [Action].flat().sort(), Resource])).toEqual([
      [
        'Objects',
        [
          's3:AbortMultipartUpload',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
          's3:GetObject',
          's3:ListMultipartUploadParts',
          's3:PutObject',
        ],
        { Sub: '\u0024{Bucket.Arn}/\u0024{KeyPrefix}*' },
      ],
      ['MissingIsNotForbidden', ['s3:ListBucket', 's3:ListBucketMultipartUploads'], { GetAtt: 'Bucket.Arn' }],
      ['Versions', ['s3:ListBucketVersions'], { GetAtt: 'Bucket.Arn' }],
      [
        'PurgeEdges',
        ['cloudfront:CreateInvalidation'],
        expect.objectContaining({ Sub: expect.stringContaining('Distribution') }),
      ],
    ]);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
    expect(statements[2]?.Condition).toEqual({ StringLike: { 's3:prefix': { Sub: '\u0024{KeyPrefix}*' } } });
  });

  test('only this distribution reads the bucket, with origin access control, and only over TLS', () => {
    const statements = statementsOf('BucketPolicy');
    const [reads, lists, denied] = statements;
    expect(statements).toHaveLength(3);
    for (const statement of [reads, lists]) {
      expect(statement?.Principal).toEqual({ Service: 'cloudfront.amazonaws.com' });
      expect(JSON.stringify(statement?.Condition)).toMatch(
        /"StringEquals":{"AWS:SourceArn":.*distribution\/.*Distribution/,
      );
    }
    expect([reads?.Action, lists?.Action]).toEqual(['s3:GetObject', 's3:ListBucket']);
    // Neither what browsers send nor the records.
    expect(reads?.Resource).toEqual({ Sub: '\u0024{Bucket.Arn}/\u0024{KeyPrefix}videos/*' });
    expect(denied).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(resource('OriginAccessControl')['OriginAccessControlConfig']).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
    expect(resource('Distribution')['DistributionConfig']).toMatchObject({
      Origins: [
        { OriginAccessControlId: { GetAtt: 'OriginAccessControl.Id' }, S3OriginConfig: { OriginAccessIdentity: '' } },
      ],
    });
  });

  // CloudFront changes no public key: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdatePublicKey.html
  test('each of two keys can be removed and created again, so that no rotation edits the template; one must exist', () => {
    for (const [name, parameter] of [
      ['PublicKey', 'PublicKeyPem'],
      ['NextPublicKey', 'NextPublicKeyPem'],
    ] as const) {
      expect(template.Parameters[parameter]).toMatchObject({ Default: '' });
      expect(template.Conditions[`Has${name}`]).toEqual(unless({ Ref: parameter }, ''));
      expect(template.Resources[name]).toMatchObject({
        Condition: `Has${name}`,
        Properties: { PublicKeyConfig: { EncodedKey: { Ref: parameter } } },
      });
    }
    expect(resource('KeyGroup')['KeyGroupConfig']).toMatchObject({
      Items: ['PublicKey', 'NextPublicKey'].map((name) => [`Has${name}`, { Ref: name }, { Ref: 'AWS::NoValue' }]),
    });
    expect(template.Outputs).toMatchObject({
      KeyPairId: { Condition: 'HasPublicKey', Value: { Ref: 'PublicKey' } },
      NextKeyPairId: { Condition: 'HasNextPublicKey', Value: { Ref: 'NextPublicKey' } },
    });
    const { Assert } = template.Rules.OneKey.Assertions[0];
    expect(Assert).toEqual(unless({ Ref: 'PublicKeyPem' }, { Ref: 'NextPublicKeyPem' }));
  });

  test('scripts of the one allowed origin may upload, play, and carry cookies', () => {
    expect(resource('Bucket')['CorsConfiguration']).toEqual({
      CorsRules: [
        {
          AllowedOrigins: [{ Ref: 'AllowedOrigin' }],
          AllowedMethods: ['POST', 'PUT', 'GET', 'HEAD'],
          AllowedHeaders: ['*'],
          ExposedHeaders: ['ETag', 'Location', 'x-amz-request-id', 'x-amz-id-2'],
          MaxAge: 3000,
        },
      ],
    });
    expect(resource('ResponseHeaders')['ResponseHeadersPolicyConfig']).toMatchObject({
      CorsConfig: {
        AccessControlAllowCredentials: true,
        AccessControlAllowOrigins: { Items: [{ Ref: 'AllowedOrigin' }] },
      },
    });
  });

  test('its outputs are the settings of the storage', () => {
    const text = JSON.stringify(template.Outputs);
    for (const setting of ['bucket', 'baseUrl', 'distributionId', 'keyPairs']) expect(text).toContain(setting);
  });
});

/** `!Not [!Equals [one, other]]`, as it is parsed here. */
function unless(one: unknown, other: unknown): unknown {
  return [[one, other]];
}

function statementsOf(name: string): readonly Statement[] {
  return (resource(name)['PolicyDocument'] as { readonly Statement: readonly Statement[] }).Statement;
}
