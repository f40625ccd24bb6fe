import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';

/** The declarations of options, and of types that options extend, in an API report: name, what they extend, members. */
const INTERFACE = /^export interface (\w+)(?:<[^{]*?>)?(?: extends ([^{]*?))? \{\n(.*?)^\}/gms;
const ALIAS = /^export type (\w+) = ([^;{]+);/gm;
const MEMBER = /^ {4}readonly (\w+)\??:/gm;

/** A declaration of an API report. */
interface Declaration {
  readonly folder: string;
  readonly name: string;
  /** The types that it extends or is an alias of. */
  readonly base: string;
  readonly members: readonly string[];
}

/** An option, where it is declared. */
interface Option {
  readonly name: string;
  readonly owner: Declaration;
}

const read = (file: string) => readFileSync(join(workspaceRoot, file), 'utf8');

const declarations: readonly Declaration[] = globSync('packages/*/api/*.api.md', { cwd: workspaceRoot })
  .sort()
  .flatMap((report) => {
    const folder = dirname(dirname(report));
    return [...read(report).matchAll(INTERFACE), ...read(report).matchAll(ALIAS)].map(
      ([, name = '', base = '', body = '']) => ({
        ...{ folder, name, base },
        members: [...body.matchAll(MEMBER)].map(([, member = '']) => member),
      }),
    );
  });

/** Its own members, and those of what it extends in whatever package, without what it omits. */
function optionsOf(owner: Declaration): readonly Option[] {
  const omitted = new Set(owner.base.match(/(?<=')\w+(?=')/g));
  const inherited = (owner.base.match(/\b[A-Z]\w+/g) ?? []).flatMap((name) => {
    const known = declarations.filter((one) => one.name === name && one !== owner);
    const base = known.find(({ folder }) => folder === owner.folder) ?? known[0];
    return base === undefined ? [] : optionsOf(base);
  });
  return [...owner.members.map((name) => ({ name, owner })), ...inherited.filter(({ name }) => !omitted.has(name))];
}

const CODE_BLOCK = /^```.*?^```$/gms;

/** Names of the code of a text: `name`, `video-id`, `{ id, jwk }`. */
function namesIn(markdown: string): ReadonlySet<string> {
  const spans = markdown.replace(CODE_BLOCK, '').matchAll(/`([^`\n]+)`/g);
  return new Set([...spans].flatMap(([, code = '']) => code.match(/[\w-]+/g) ?? []));
}

/** Rows of tables with a column of defaults. */
function settingsOf(markdown: string): readonly { readonly row: string; readonly byDefault: string }[] {
  return markdown
    .replace(CODE_BLOCK, '')
    .split(/\n(?!\|)/)
    .flatMap((block) => {
      const [head = [], , ...rows] = block
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
      const column = head.indexOf('Default');
      return column < 0 ? [] : rows.map((cells) => ({ row: cells.join('|'), byDefault: cells[column] ?? '' }));
    });
}

const rowNames = (folder: string) =>
  namesIn(
    settingsOf(read(join(folder, 'README.md')))
      .map(({ row }) => row)
      .join('\n'),
  );
const namesByFolder = new Map(
  [...new Set(declarations.map(({ folder }) => folder))].map((one) => [one, rowNames(one)]),
);
const attributeOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const has = (folder: string, name: string) =>
  [name, attributeOf(name)].some((one) => namesByFolder.get(folder)?.has(one));

/** Events and common props of React components: they have no defaults, and are described in the text. */
const isOfReact = ({ name, owner }: Option) =>
  owner.name.endsWith('Props') && /^(?:on[A-Z]\w*|className|style)$/.test(name);

/** A storage's README has all its own options; core's README has those of calls, which are the same for every storage. */
const isOfACall = ({ owner }: Option) => owner.folder === 'packages/core' && owner.name !== 'BaseStorageOptions';

const options = declarations
  .filter(({ name }) => /(?:Options|Props)$/.test(name))
  .map((declaration) => {
    const { folder, name: owner } = declaration;
    const all = optionsOf(declaration);
    const inText = namesIn(read(join(folder, 'README.md')));
    const missing = all.filter(
      (option) =>
        !has(folder, option.name) &&
        !(isOfACall(option) && has('packages/core', option.name)) &&
        !(isOfReact(option) && inText.has(option.name)),
    );
    return { folder, owner, all, missing: missing.map(({ name }) => name) };
  });

test.each(options)('the README of $folder has a row with the default of every option of $owner', ({ missing }) => {
  expect(missing).toEqual([]);
});

test.each([...namesByFolder.keys()])('no row of the settings of %s leaves its default empty', (folder) => {
  const rows = settingsOf(read(join(folder, 'README.md')));
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ byDefault }) => byDefault === '')).toEqual([]);
});

test('options are found in the API reports', () => {
  expect(options.flatMap(({ all }) => all).length).toBeGreaterThan(300);
  const inherited = options.find(({ owner }) => owner === 'LocalStorageOptions')?.all.map(({ name }) => name);
  expect(inherited).toEqual(expect.arrayContaining(['folder', 'validator', 'referenceSecrets']));
  const granted = options.find(({ owner }) => owner === 'GrantOptions')?.all.map(({ name }) => name);
  expect(granted).toContain('expiresInSeconds');
  expect(granted).not.toContain('viewer');
});

test('blocks of code in READMEs are of a kind that is checked, or that needs no check', () => {
  const kinds = globSync(['README.md', '{packages,examples}/*/README.md'], { cwd: workspaceRoot }).flatMap((file) =>
    [...readFileSync(join(workspaceRoot, file), 'utf8').matchAll(/^```(\S+)/gm)].map(([, kind]) => kind),
  );
  // JavaScript is not type-checked: write it as TypeScript.
  expect([...new Set(kinds)].sort()).toEqual(['html', 'sh', 'ts', 'tsx']);
});

test('a README whose sample reads a secret explains how to generate one', () => {
  const silent = globSync(['README.md', '{packages,examples}/*/README.md'], { cwd: workspaceRoot }).filter((file) => {
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    return text.includes('VIDEO_SECRET') && !text.includes("require('crypto').randomBytes(32).toString('base64url')");
  });
  expect(silent).toEqual([]);
});

test.each(globSync('packages/*/README.md', { cwd: workspaceRoot }))(
  '%s explains how it works, and has a table of settings',
  (file) => {
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    expect(text).toMatch(/^#{2,3} How .*work/m);
    expect(text).toMatch(/^#{2,3} Settings$/m);
  },
);
