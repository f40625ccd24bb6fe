import type { MutantList } from './mutant.ts';

/** Faults in `S3CloudFrontStorage`. */
export const s3CloudFrontMutants: MutantList = {
  name: 's3-cloudfront',
  folder: 'packages/s3-cloudfront',
  testFile: 'src/s3-cloudfront-storage.test.ts',
  mutants: [
    {
      id: 'cursor-is-ignored',
      file: 'object-list.ts',
      find: '...(startAfter !== undefined && { StartAfter: startAfter }),',
      replace: '',
    },
    {
      id: 'prefix-is-not-deleted',
      file: 's3-cloudfront-storage.ts',
      find: 'await this.#eraser.deletePrefix(location.prefix, options.signal);\n    if (this.#edge === undefined)',
      replace: 'if (this.#edge === undefined)',
    },
    {
      id: 'edge-does-not-forget',
      file: 's3-cloudfront-storage.ts',
      find: 'if (this.#edge === undefined) return { purged: true };',
      replace: 'if (this.#edge !== null) return { purged: true };',
    },
    {
      id: 'edge-has-always-forgotten',
      file: 'cloudfront-client.ts',
      find: "completed: Invalidation.Status === 'Completed'",
      replace: "completed: Invalidation.Status !== 'Failed'",
    },
    {
      id: 'every-invalidation-is-new',
      file: 'edge.ts',
      find: ".digest('hex');",
      replace: ".digest('hex').slice(0, 8) + Math.random();",
    },
    {
      id: 'size-is-not-in-the-policy-nor-checked',
      file: 'video-of-object.ts',
      find: 'sizeBytes: object.sizeBytes,',
      replace: '',
    },
    {
      id: 'parts-are-joined-too-early',
      file: 'object-uploads.ts',
      find: 'if (sum < claims.sizeBytes || !areConsecutive(parts))',
      replace: 'if (sum === 0)',
    },
    {
      id: 'parts-are-never-joined',
      file: 'object-uploads.ts',
      find: 'object === undefined && state !== undefined',
      replace: 'object === undefined && state === null',
    },
    {
      id: 'abort-keeps-the-object',
      file: 's3-cloudfront-storage.ts',
      find: '    await this.#eraser.deletePrefix(location.prefix, options.signal);\n  }',
      replace: '  }',
    },
    {
      id: 'abort-keeps-the-parts',
      file: 's3-cloudfront-storage.ts',
      find: 'if (state !== undefined) await this.#s3.abortMultipartUpload',
      replace: 'if (state === null) await this.#s3.abortMultipartUpload',
    },
    {
      id: 'forbidden-is-not-there',
      file: 'aws-error.ts',
      find: '$metadata?.httpStatusCode === 404 &&',
      replace: 'Number($metadata?.httpStatusCode) >= 400 &&',
    },
    {
      id: 'a-proxy-may-say-not-there',
      file: 'aws-error.ts',
      find: "return $metadata?.httpStatusCode === 404 && typeof $metadata.requestId === 'string' && $metadata.requestId !== '';",
      replace: 'return $metadata?.httpStatusCode !== undefined;',
    },
    {
      id: 'a-page-is-an-empty-list',
      file: 'prefix-eraser.ts',
      find: 'if (answer.Name !== bucket) return unreadable();',
      replace: '',
    },
    {
      id: 'outages-are-refusals',
      file: 'aws-error.ts',
      find: "if (status !== undefined && status >= 500) return 'BACKEND_UNAVAILABLE';",
      replace: "if (status !== undefined && status >= 500) return 'BACKEND_REFUSED';",
    },
    {
      id: 'throttling-is-a-refusal',
      file: 'aws-error.ts',
      find: "|| status === 429) return 'BACKEND_THROTTLED';",
      replace: ") return 'BACKEND_THROTTLED';",
    },
    {
      id: 'leave-for-all-videos',
      file: 'signed-query.ts',
      find: 'const policy = custom ? customPolicy(terms) : cannedPolicy(terms);',
      replace: "const policy = custom ? customPolicy(terms) : cannedPolicy({ ...terms, resource: 'https://x/*' });",
    },
    {
      id: 'lifetime-is-not-asked-for',
      file: 'signed-playback.ts',
      find: 'const wanted = nowSeconds + request.expiresInSeconds;',
      replace: 'const wanted = nowSeconds + 3600;',
    },
    { id: 'renewed-too-late', file: 'signed-playback.ts', find: '* 0.8);', replace: '* 0.99);' },
    {
      id: 'metadata-is-lost',
      file: 'object-uploads.ts',
      find: '[METADATA_FIELD]: encodeObjectMetadata(request),',
      replace: "[METADATA_FIELD]: 'none',",
    },
    {
      id: 'any-number-of-parts',
      file: 'part-uploads.ts',
      find: 'partNumbers.length <= MAX_PARTS_A_CALL',
      replace: 'partNumbers.length > 0',
    },
    { id: 'any-part-number', file: 'part-plan.ts', find: ' || partNumber > plan.partCount', replace: '' },
    {
      id: 'prefix-of-another-video',
      file: 'object-key.ts',
      find: 'return { prefix, key:',
      replace: "return { prefix: prefix.replace(/[0-9a-f]{32}/, '0'.repeat(32)), key:",
    },
    {
      id: 'content-is-not-inspected',
      file: 'object-uploads.ts',
      find: 'if (!this.#options.inspectContent ||',
      replace: 'if (this.#options.inspectContent ||',
    },
    {
      id: 'a-page-is-an-object',
      file: 's3-client.ts',
      find: 'if (head.ContentLength === undefined || head.ETag === undefined || head.LastModified === undefined)\n      return unreadable();\n    if (head.$metadata.requestId === undefined) return unreadable();',
      replace:
        "if (head.ContentLength === undefined) return unreadable();head.ETag ??= '';head.LastModified ??= new Date();",
    },
  ],
};
