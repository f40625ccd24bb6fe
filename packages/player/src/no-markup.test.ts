import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Members of the DOM that parse text as markup. */
const MARKUP = /\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|document\.write)\b/;
const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));

async function sourcesOf(name: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob(`${PACKAGES}/${name}/src/**/*.ts`)) if (!file.endsWith('.test.ts')) files.push(file);
  return files;
}

describe.each(['player', 'uploader'])('T-L1: the source of %s', (name) => {
  test('gives the browser no text as markup', async () => {
    const files = await sourcesOf(name);
    expect(files.length).toBeGreaterThan(20);
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    expect(files.filter((_, index) => MARKUP.test(texts[index] ?? ''))).toEqual([]);
  });
});
