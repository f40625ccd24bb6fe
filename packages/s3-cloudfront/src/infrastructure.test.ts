import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument, visit } from 'yaml';

type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> };

const text = readFileSync(new URL('../infrastructure/template.yaml', import.meta.url), 'utf8');
const tags = ['Ref', 'Sub', 'GetAtt', 'If', 'Not', 'Equals'].flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => ({ [name]: value }) },
  { tag: `!${name}`, collection: 'seq' as const },
]);
const document = parseDocument(text, { customTags: tags });
const template = document.toJS() as {
  Parameters: object;
  Conditions: object;
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

  test('the distribution plays signed requests only, over TLS, and forbids sniffing', () => {
    const config = resource('Distribution')['DistributionConfig'];
    expect(config).toMatchObject({
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only', TrustedKeyGroups: [{ Ref: 'KeyGroup' }] },
    });
    expect(JSON.stringify(resource('ResponseHeaders'))).toContain('ContentTypeOptions');
  });

  test('the host may do what the client calls, below the prefix only', () => {
    const policy = JSON.stringify(resource('HostPolicy'));
    for (const action of [
      'PutObject',
      'GetObject',
      'DeleteObject',
      'AbortMultipartUpload',
      'ListMultipartUploadParts',
    ]) {
      expect(policy).toContain(`s3:${action}`);
    }
    for (const action of ['s3:ListBucket', 'cloudfront:CreateInvalidation']) expect(policy).toContain(action);
    expect(policy).not.toContain('"s3:*"');
    expect(policy).not.toMatch(/"Resource":"\*"/);
  });
});
