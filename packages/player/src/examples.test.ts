import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const ROUTES_OF_NEXT = 'app/api/video/[...path]';
const MADE_BY_TOOLS = ['node_modules', 'dist', '.next', 'next-env.d.ts'];
/** Not counted: Next's starter generates it, and it imports no package. */
const LAYOUT_OF_NEXT = 'app/layout.tsx';

/**
 * Every file of an example with code of the host app, except those of its other backend: routes, page, and files for the
 * framework.
 */
async function filesOf(example: string, otherBackend: readonly string[]): Promise<readonly string[]> {
  const inside = async (folder: string): Promise<readonly string[]> => {
    const entries = await readdir(join(EXAMPLES, example, folder), { withFileTypes: true });
    const files = entries
      .filter(({ name }) => !MADE_BY_TOOLS.includes(name))
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? inside(path) : [path];
      });
    return (await Promise.all(files)).flat();
  };
  return (await inside('')).filter((path) => /\.(?:tsx?|html|css)$/.test(path) && !otherBackend.includes(path));
}

/** Lines that a developer of a host app writes: all lines that are not blank, not a comment and not part of an import. */
function ownLines(text: string): number {
  const withoutImports = text.replace(/^import [^;]*;$/gm, '');
  return withoutImports.split('\n').filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

// The rule by which lines are counted is stated in `examples/README.md`.
describe.each([
  ['Express 5, videos in a folder', 'express', [], 3],
  ['Fastify 5, videos in a folder', 'fastify', ['src/s3.ts'], 3],
  ['Fastify 5, videos in S3 behind CloudFront', 'fastify', ['src/main.ts'], 3],
  ['Hono 4, videos in a folder, without a page', 'hono', [], 1],
  ['Node’s own server, videos in a folder, without a page', 'node', [], 1],
  ['React on Hono, videos in a folder', 'react', [], 4],
  ['Next, videos in a folder', 'next', [`${ROUTES_OF_NEXT}/cloudflare-stream.route.ts`], 4],
  ['Next, videos in Cloudflare Stream', 'next', [`${ROUTES_OF_NEXT}/route.ts`, 'next.config.ts'], 3],
])('%s', (_host, example, otherBackend, fileCount) => {
  test('server and page are at most 30 lines of the host app’s own, and fewer than 60 in all', async () => {
    const files = await filesOf(example, otherBackend);
    expect(files).toHaveLength(fileCount);
    const texts = await Promise.all(
      files.map(async (file) => ({ file, text: await readFile(join(EXAMPLES, example, file), 'utf8') })),
    );
    const own = texts.filter(({ file }) => file !== LAYOUT_OF_NEXT).reduce((sum, { text }) => sum + ownLines(text), 0);
    expect(own).toBeGreaterThan(10);
    expect(own).toBeLessThanOrEqual(30);
    const all = texts.reduce((sum, { text }) => sum + text.trimEnd().split('\n').length, 0);
    expect(all).toBeLessThan(60);
  });
});

test.each(['route.ts', 'cloudflare-stream.route.ts'])(
  'the routes of Next have fewer than 40 lines: %s',
  async (file) => {
    const text = await readFile(join(EXAMPLES, 'next', ROUTES_OF_NEXT, file), 'utf8');
    expect(text).toContain('createVideoRoutes');
    expect(text.trimEnd().split('\n').length).toBeLessThan(40);
  },
);

test('lines of a host app are counted without imports, blank lines and comments', () => {
  expect(ownLines("import {\n  a,\n} from 'a';\nimport 'b';\n\n// why\n  // why\na(); // why\n")).toBe(1);
});
