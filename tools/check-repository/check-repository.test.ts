import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkRepository } from './check-repository.ts';
import { thirdPartiesOf } from './dependency-count.ts';
import { manifest, RepositoryFixture } from './repository-fixture.ts';

let repository: RepositoryFixture;
beforeEach(() => {
  repository = new RepositoryFixture();
});
afterEach(() => repository.dispose());

const problems = () => checkRepository(repository.root).map(({ where, message }) => `${where}: ${message}`);
const lines = (count: number) => '// a line\n'.repeat(count);

test('a sound repository has no problem', () => {
  expect(problems()).toEqual([]);
});

describe('files', () => {
  test.each([
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE'],
    ...['README.md', 'LICENSE', 'tsconfig.json', 'tsup.config.ts', 'vitest.config.ts'].map((f) => `packages/film/${f}`),
  ])('refuses a missing %s', (file) => {
    repository.remove(file);
    expect(problems()).toEqual([`${file}: is missing`]);
  });

  test('refuses a missing package.json', () => {
    repository.remove('packages/film/package.json');
    expect(problems()).toContain('packages/film/package.json: is missing');
  });

  test('refuses a missing src/index.ts', () => {
    repository.remove('packages/film/src/index.ts');
    expect(problems()).toEqual([
      'packages/film/src/index.ts: is missing',
      'packages/film/package.json: export "." leads to the source ./src/index.ts, which is not there',
    ]);
  });

  test('refuses a README whose examples are not run', () => {
    repository.write('packages/film/README.md', '```ts\nexport {};\n```\n');
    expect(problems()).toEqual(['packages/film/README.md: has no example that is run: mark one with "```ts run"']);
  });
});

describe('package.json', () => {
  const fields = ['name', 'license', 'type', 'sideEffects', 'repository', 'homepage', 'bugs', 'engines'] as const;
  const more = ['main', 'module', 'types', 'publishConfig', 'version', 'description', 'keywords'] as const;
  test.each([...fields, ...more])('refuses a missing "%s"', (field) => {
    repository.writeManifest({ [field]: undefined });
    expect(problems()).toContainEqual(expect.stringMatching(`^packages/film/package.json: "${field}" must `));
  });

  test.each(['build', 'typecheck', 'lint', 'test', 'bench'])('refuses a missing script "%s"', (script) => {
    repository.writeManifest({ scripts: { ...manifest.scripts, [script]: '' } });
    expect(problems()).toEqual([`packages/film/package.json: lacks the script "${script}"`]);
  });

  test('refuses an install script', () => {
    repository.writeManifest({ scripts: { ...manifest.scripts, postinstall: 'node steal.js' } });
    expect(problems()).toEqual([expect.stringContaining('has the script "postinstall"')]);
  });

  test('refuses a tarball without what is built', () => {
    repository.writeManifest({ files: ['fixtures'] });
    expect(problems()).toEqual(['packages/film/package.json: "files" lacks "dist"']);
  });

  test.each(['src', './src', 'src/**/*.ts', '**'])(
    'K11: refuses %s in the tarball beside maps that hold it',
    (pattern) => {
      repository.writeManifest({ files: ['dist', pattern] });
      expect(problems()).toEqual([expect.stringContaining('"files" must not name the sources')]);
    },
  );

  test.each([true, ['./dist/*.js'], ['dist/index.js'], 'no'])('refuses the side effects %j', (sideEffects) => {
    repository.writeManifest({ sideEffects });
    expect(problems()).toEqual([expect.stringContaining('"sideEffects" must be false, or list files')]);
  });

  test('accepts files that are named as having effects', () => {
    repository.writeManifest({ sideEffects: ['./src/element/index.ts', './dist/element/index.js'] });
    expect(problems()).toEqual([]);
  });

  test.each(['*', 'latest', 'git+https://example.org/zod.git', 'file:../zod', 'https://example.org/zod.tgz'])(
    'refuses a dependency on "%s"',
    (range) => {
      repository.writeManifest({ dependencies: { zod: range } });
      expect(problems()).toEqual([expect.stringContaining(`depends on zod as "${range}"`)]);
    },
  );
});

describe('exports', () => {
  const entry = { ...(manifest.exports?.['.'] as Record<string, unknown>) };
  const { '@videostorage/source': source, ...built } = entry;
  const json = { './package.json': './package.json' };
  test.each([
    ['no entry "."', json, '"exports" lacks the entry "."'],
    ['no ./package.json', { '.': entry }, '"exports" lacks "./package.json"'],
    ['no source', { '.': built, ...json }, 'as its first condition'],
    ['the source last', { '.': { ...built, '@videostorage/source': source }, ...json }, 'as its first condition'],
    ['no require', { '.': { ...entry, require: undefined }, ...json }, '"require" of export "." must be'],
    ['types last', { '.': { ...entry, import: reversed(entry['import']) }, ...json }, '"import" of export "." must be'],
    [
      'a subpath without source file',
      { '.': entry, './reel': entryOf('reel'), ...json },
      './src/reel.ts, which is not',
    ],
    ['a missing asset', { '.': entry, './a.yaml': './a.yaml', ...json }, 'leads to ./a.yaml, which is not there'],
  ])('refuses %s', (_, exports, message) => {
    repository.writeManifest({ exports });
    expect(problems()).toEqual([expect.stringContaining(message)]);
  });
});

describe('names', () => {
  test.each(['utils', 'helpers', 'common', 'misc', 'util', 'helper'])('refuses a folder called %s', (name) => {
    repository.write(`packages/film/src/${name}/deeper/reel.ts`, lines(1));
    expect(problems()).toEqual([expect.stringContaining(`packages/film/src/${name}: is a drawer`)]);
  });
});

describe('copies of an SDK', () => {
  test.each(['zod', '@aws-sdk/client-s3'])('refuses two copies of %s', (name) => {
    repository.writeLock({ [`node_modules/other/node_modules/${name}`]: { version: '1.0.0' } });
    expect(problems()).toEqual([expect.stringContaining(`${name} is there 2 times`)]);
  });

  test('accepts a second copy that only development uses, and of what we do not depend on', () => {
    repository.writeLock({
      'node_modules/tool/node_modules/zod': { version: '3.0.0', dev: true },
      'node_modules/tslib': { version: '2.0.0' },
      'node_modules/other/node_modules/tslib': { version: '1.0.0' },
    });
    expect(problems()).toEqual([]);
  });

  test('refuses an S3 client that is not the one that presigned POST wants', () => {
    repository.writeLock({ 'node_modules/@aws-sdk/client-s3': { version: '3.1169.0' } });
    expect(problems()).toEqual([expect.stringContaining('wants @aws-sdk/client-s3 3.1164.0, the tree has 3.1169.0')]);
  });
});

describe('T-M2: what a package brings', () => {
  const dependsOn = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const many = Array.from({ length: 12 }, (_, index) => `library-${index}`);
  const libraries = Object.fromEntries(many.map((name) => [`node_modules/${name}`, {}]));

  test('is counted through all that it depends on, our own packages, optional ones and peers included', () => {
    const locked = {
      'packages/film': { dependencies: dependsOn('@videostorage/reel', 'a') },
      'node_modules/@videostorage/reel': { link: true, resolved: 'packages/reel' },
      'packages/reel': { dependencies: dependsOn('b') },
      'node_modules/a': { optionalDependencies: dependsOn('c', 'not-for-this-platform') },
      'node_modules/a/node_modules/c': { dependencies: dependsOn('b', 'd') },
      'node_modules/a/node_modules/d': {},
      'node_modules/b': {
        peerDependencies: dependsOn('e', 'f'),
        peerDependenciesMeta: { f: { optional: true } },
      },
      ...Object.fromEntries(['c', 'd', 'e', 'f', 'unrelated'].map((name) => [`node_modules/${name}`, {}])),
    };
    expect(thirdPartiesOf(locked, 'packages/film')).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/c',
      'node_modules/a/node_modules/d',
      'node_modules/b',
      'node_modules/e',
    ]);
  });

  test('refuses one more than the budget', () => {
    repository.writeLock({ 'packages/film': { dependencies: dependsOn(...many) }, ...libraries });
    expect(problems()).toEqual([]);
    repository.writeLock({
      'packages/film': { dependencies: dependsOn(...many, 'one-more') },
      ...libraries,
      'node_modules/one-more': {},
    });
    expect(problems()).toEqual([
      expect.stringMatching(/^packages\/film\/package.json: brings 13 third-party packages, the budget is 12: /),
    ]);
  });
});

test.each(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'])('refuses a note that says %s', (mark) => {
  repository.write('packages/film/src/reel.ts', `// a line\n// ${mark} wind it\n`);
  expect(problems()).toEqual([`packages/film/src/reel.ts:2: says ${mark}: do it, or file an issue`]);
});

describe('table of packages', () => {
  test('refuses a package without a row', () => {
    repository.write('README.md', 'Film: [@videostorage/film](packages/film)\n');
    expect(problems()).toEqual([expect.stringContaining('lacks a row with [@videostorage/film](packages/film)')]);
  });

  test('refuses a row without a package', () => {
    repository.write('README.md', '| [@videostorage/film](packages/film) |\n| [@videostorage/tape](packages/tape) |\n');
    expect(problems()).toEqual(['README.md: the table of packages links to packages/tape, which is not there']);
  });
});

describe('ids of threats', () => {
  const film = '[film](../packages/film)';
  const page = (...rows: readonly string[]) => repository.write('docs/threats.md', `${rows.join('\n')}\n`);
  const [one, two, law] = ['T-' + 'A1', 'T-' + 'A2', 'prop' + 'erty 1'];

  test('refuses a missing page', () => {
    repository.remove('docs/threats.md');
    expect(problems()).toEqual(['docs/threats.md: is missing']);
  });

  test.each([
    'packages/film/src/reel.ts',
    'packages/film/README.md',
    'examples/cinema/main.ts',
    'tools/a.ts',
    'decisions/1.md',
  ])('refuses one in %s that the page does not define', (file) => {
    repository.write(file, `\`\`\`ts run\n(${two}) ${two}\n\`\`\``);
    expect(problems()).toEqual([`${file}: names ${two}, which docs/threats.md does not define`]);
  });

  test('refuses a property that the page does not define, at the beginning of a sentence too', () => {
    repository.write('packages/film/src/reel.ts', 'Prop' + 'erty 12: it turns');
    expect(problems()).toEqual([expect.stringContaining(`names ${'prop' + 'erty 12'}, which`)]);
  });

  test.each(['src/reel.ts', 'README.md'])('refuses a definition that only %s names: that is no test', (file) => {
    repository.write(`packages/film/${file}`, `\`\`\`ts run\n// ${two}\n\`\`\`\n`);
    page(`| ${one} | a | ${film} |`, `| ${law} | a | ${film} |`, `| ${two} | b | ${film} |`);
    expect(problems()).toEqual([`docs/threats.md: defines ${two}, which no test in packages/film names`]);
  });

  test('refuses a folder whose tests do not name it, beside one whose tests do, and a row without a folder', () => {
    page(`| ${one} | a | ${film}, [fil](../packages/fil) |`, `| ${law} | none |`);
    expect(problems()).toEqual([
      `docs/threats.md: defines ${one}, which no test in packages/fil names`,
      `docs/threats.md: defines ${law}, and links to no folder whose tests name it`,
    ]);
  });

  test('refuses two definitions of one id', () => {
    page(`| ${one} | a | ${film} |`, `| ${law} | a | ${film} |`, `| ${one} | b | ${film} |`);
    expect(problems()).toEqual([`docs/threats.md: defines ${one} twice`]);
  });

  test('takes a case of the conformance suite for a test', () => {
    repository.write('packages/testing/src/suite/reel.ts', `// ${two}`);
    page(`| ${one} | a | ${film} |`, `| ${law} | a | ${film} |`, `| ${two} | b | [testing](../packages/testing) |`);
    expect(problems().filter((problem) => problem.includes('threats'))).toEqual([]);
  });
});

function reversed(conditions: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(conditions as Record<string, unknown>).reverse());
}

function entryOf(name: string): Record<string, unknown> {
  return {
    '@videostorage/source': `./src/${name}.ts`,
    import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  };
}
