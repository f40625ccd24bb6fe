import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const PAGE = ['src/page/index.html', 'src/page/app.ts'];
const ROUTES_OF_NEXT = 'app/api/video/[...path]';

/** What a host app developer writes: every line that is neither blank, nor a comment, nor part of an import. */
function ownLines(text: string): number {
  const withoutImports = text.replace(/^import [^;]*;$/gm, '');
  return withoutImports.split('\n').filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

describe.each([
  ['Express 5, videos in a folder', 'express', ['src/main.ts', ...PAGE]],
  ['Fastify 5, videos in a folder', 'fastify', ['src/main.ts', ...PAGE]],
  ['Fastify 5, videos in S3 behind CloudFront', 'fastify', ['src/s3.ts', ...PAGE]],
  [
    'React on Hono, videos in a folder',
    'react',
    ['src/main.ts', 'src/page/index.html', 'src/page/app.tsx', 'src/page/videos.tsx'],
  ],
  ['Next, videos in a folder', 'next', [`${ROUTES_OF_NEXT}/route.ts`, 'app/page.tsx']],
  ['Next, videos in Cloudflare Stream', 'next', [`${ROUTES_OF_NEXT}/cloudflare-stream.route.ts`, 'app/page.tsx']],
])('%s', (_host, example, files) => {
  test('server and page are at most 30 lines of the host app’s own, and fewer than 60 in all', async () => {
    const texts = await Promise.all(files.map((file) => readFile(`${EXAMPLES}/${example}/${file}`, 'utf8')));
    const sum = (count: (text: string) => number) => texts.reduce((lines, text) => lines + count(text), 0);
    expect(sum(ownLines)).toBeGreaterThan(10);
    expect(sum(ownLines)).toBeLessThanOrEqual(30);
    expect(sum((text) => text.trimEnd().split('\n').length)).toBeLessThan(60);
  });
});

test('lines of a host app are counted without imports, blank lines and comments', () => {
  expect(ownLines("import {\n  a,\n} from 'a';\nimport 'b';\n\n// why\n  // why\na(); // why\n")).toBe(1);
});
