import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';

/** An interface of options, as an API report shows it. */
const OPTIONS = /^export interface (\w+(?:Options|Props))\b[^{]*\{\n(.*?)^\}/gms;
const MEMBER = /^ {4}readonly (\w+)\??:/gm;

/** Names of the code of a document: `name`, `video-id`, `{ id, jwk }`. */
function namesIn(markdown: string): ReadonlySet<string> {
  const spans = markdown.replace(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g);
  return new Set([...spans].flatMap(([, code = '']) => code.match(/[\w-]+/g) ?? []));
}

const attributeOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const options = globSync('packages/*/api/*.api.md', { cwd: workspaceRoot })
  .sort()
  .flatMap((report) => {
    const folder = dirname(dirname(report));
    const names = namesIn(readFileSync(join(workspaceRoot, folder, 'README.md'), 'utf8'));
    const interfaces = readFileSync(join(workspaceRoot, report), 'utf8').matchAll(OPTIONS);
    return [...interfaces].map(([, owner = '', members = '']) => {
      const all = [...members.matchAll(MEMBER)].map(([, name = '']) => name);
      return { folder, owner, all, missing: all.filter((name) => !names.has(name) && !names.has(attributeOf(name))) };
    });
  });

test.each(options)('the README of $folder names every option of $owner', ({ missing }) => {
  expect(missing).toEqual([]);
});

test('options are found in the API reports', () => {
  expect(options.flatMap(({ all }) => all).length).toBeGreaterThan(200);
});

test('blocks of code in READMEs are of a kind that is checked, or that has nothing to check', () => {
  const kinds = globSync(['README.md', '{packages,examples}/*/README.md'], { cwd: workspaceRoot }).flatMap((file) =>
    [...readFileSync(join(workspaceRoot, file), 'utf8').matchAll(/^```(\S+)/gm)].map(([, kind]) => kind),
  );
  // JavaScript is not type-checked: write it as TypeScript.
  expect([...new Set(kinds)].sort()).toEqual(['html', 'sh', 'ts', 'tsx']);
});

test('a README whose sample reads a secret says how to make one', () => {
  const silent = globSync(['README.md', '{packages,examples}/*/README.md'], { cwd: workspaceRoot }).filter((file) => {
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    return text.includes('VIDEO_SECRET') && !text.includes("require('crypto').randomBytes(32).toString('base64url')");
  });
  expect(silent).toEqual([]);
});

test.each(globSync('packages/*/README.md', { cwd: workspaceRoot }))(
  '%s says how it works, and has a table of settings',
  (file) => {
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    expect(text).toMatch(/^#{2,3} How .*work/m);
    expect(text).toMatch(/^#{2,3} Settings$/m);
  },
);
