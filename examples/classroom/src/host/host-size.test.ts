import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('the host app’s own code has at most 200 lines, without comments and empty lines', async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => !name.includes('.test.'));
  const texts = await Promise.all(files.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  const code = texts.flatMap((text) => text.split('\n')).filter((line) => !/^\s*(?:$|\/\/|\/\*|\*)/.test(line));
  expect(code.length).toBeGreaterThan(100);
  expect(code.length).toBeLessThanOrEqual(200);
});
