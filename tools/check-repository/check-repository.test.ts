import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifest, RepositoryFixture } from '../test-support/repository-fixture.ts';
import { checkRepository } from './check-repository.ts';
import { thirdPartiesOf } from './dependency-count.ts';

let repository: RepositoryFixture;
beforeEach(() => {
  repository = new RepositoryFixture();
});
afterEach(() => repository.dispose());

const problems = () => checkRepository(repository.root).map(({ where, message }) => `${where}: ${message}`);

test('a sound repository has no problem', () => {
  expect(problems()).toEqual([]);
});

describe('files', () => {
  test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'packages/film/LICENSE'])(
    'refuses a missing %s',
    (file) => {
      repository.remove(file);
      expect(problems()).toContain(`${file}: is missing`);
    },
  );

  test.each(['', '```ts\nexport {};\n```\n', undefined])('refuses a README whose examples are not run: %j', (text) => {
    repository.remove('packages/film/README.md');
    if (text !== undefined) repository.write('packages/film/README.md', text);
    expect(problems()).toEqual(['packages/film/README.md: has no example that is run: mark one with "```ts run"']);
  });

  test.each([
    ['packages/film/README.md', 'packages/film', '```ts run\n```\n[a](../reel/README.md)', '../reel/README.md'],
    ['decisions/001-a.md', 'decisions', 'see ([b](002-b.md)).', '002-b.md'],
    ['docs/a.md', 'docs', '![a](a.png)', 'a.png'],
    ['examples/cinema/README.md', 'examples', '[a](./main.ts "main")', './main.ts'],
    ['SECURITY.md', '.', '[a](README.md) and [b](docs/threat.md#a)', 'docs/threat.md'],
  ])('refuses a broken link of %s', (file, _, text, target) => {
    repository.write(file, text);
    expect(problems()).toEqual([`${file}: links to ${target}, which is not there`]);
  });
});

describe('package.json', () => {
  const fields = [
    'name',
    'license',
    'type',
    'sideEffects',
    'repository',
    'homepage',
    'bugs',
    'engines',
    'publishConfig',
  ];
  test.each(fields)('refuses a missing "%s"', (field) => {
    repository.writeManifest({ [field]: undefined });
    expect(problems()).toContainEqual(expect.stringMatching(`^packages/film/package.json: "${field}" must `));
  });

  test.each(['build', 'typecheck', 'lint', 'test', 'bench'])('refuses a missing script "%s"', (script) => {
    repository.writeManifest({ scripts: { ...manifest.scripts, [script]: '' } });
    expect(problems()).toEqual([`packages/film/package.json: lacks the script "${script}"`]);
  });

  const lifecycle = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];
  test.each(lifecycle)('refuses the script "%s"', (script) => {
    repository.writeManifest({ scripts: { ...manifest.scripts, [script]: 'node steal.js' } });
    expect(problems()).toEqual([expect.stringContaining(`has the script "${script}"`)]);
  });

  test.each([true, ['./dist/*.js'], ['dist/index.js'], 'no'])('refuses the side effects %j', (sideEffects) => {
    repository.writeManifest({ sideEffects });
    expect(problems()).toEqual([expect.stringContaining('"sideEffects" must be false, or list files')]);
  });

  test('accepts files that are named as having effects', () => {
    repository.writeManifest({ sideEffects: ['./src/element/index.ts', './dist/element/index.js'] });
    expect(problems()).toEqual([]);
  });

  test.each([
    '*',
    'latest',
    'git+https://example.org/zod.git',
    'file:../zod',
    'https://example.org/zod.tgz',
    '>=18',
    '^1.0.0 || >=2',
  ])('refuses a dependency on "%s", of every kind', (range) => {
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
      repository.writeManifest({ [kind]: { zod: range } });
      expect(problems()).toEqual([expect.stringContaining(`depends on zod as "${range}"`)]);
    }
  });
});

describe('copies of an SDK', () => {
  test.each(['zod', '@aws-sdk/client-s3'])('refuses two copies of %s', (name) => {
    repository.writeLock({
      [`node_modules/${name}`]: { version: '2.0.0' },
      [`node_modules/other/node_modules/${name}`]: { version: '1.0.0' },
    });
    expect(problems()).toEqual([expect.stringContaining(`${name} is there 2 times`)]);
  });

  test('accepts a second copy that only development uses, or of a package that we do not depend on', () => {
    repository.writeLock({
      'node_modules/tool/node_modules/zod': { version: '3.0.0', dev: true },
      'node_modules/tslib': { version: '2.0.0' },
      'node_modules/other/node_modules/tslib': { version: '1.0.0' },
    });
    expect(problems()).toEqual([]);
  });
});

describe('T-M2: the packages that a package installs', () => {
  const dependsOn = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const many = Array.from({ length: 12 }, (_, index) => `library-${index}`);
  const libraries = Object.fromEntries(many.map((name) => [`node_modules/${name}`, {}]));

  test('are counted through all dependencies, including our own packages, optional ones and peers', () => {
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

describe.each(['packages/film/src', 'examples/cinema', 'tools'])('in %s', (folder) => {
  test.each(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'])('refuses a note that says %s', (mark) => {
    repository.write(`${folder}/reel.ts`, `// a line\n// ${mark} wind it\n`);
    expect(problems()).toEqual([`${folder}/reel.ts:2: says ${mark}: do it, or file an issue`]);
  });
});

describe('table of packages', () => {
  test('refuses a package without a row', () => {
    repository.write('README.md', 'Film: [@videostorage/film](packages/film)\n');
    expect(problems()).toEqual([expect.stringContaining('lacks a row with [@videostorage/film](packages/film)')]);
  });

  test('refuses a row without a package', () => {
    repository.write('README.md', '| [@videostorage/film](packages/film) |\n| [@videostorage/tape](packages/tape) |\n');
    expect(problems()).toEqual(['README.md: links to packages/tape, which is not there']);
  });
});

describe('ids of threats', () => {
  const film = '[film](../packages/film/src/projector.test.ts)';
  const page = (...rows: readonly string[]) => repository.write('docs/threats.md', `${rows.join('\n')}\n`);
  const [one, two, law] = ['T-' + 'A1', 'T-' + 'A2', 'prop' + 'erty 1'];

  test('refuses a missing page', () => {
    repository.remove('docs/threats.md');
    expect(problems()).toContain('docs/threats.md: is missing');
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

  test.each(['src/reel.ts', 'README.md'])('refuses a definition that only %s names, which is not a test', (file) => {
    repository.write(`packages/film/${file}`, `\`\`\`ts run\n// ${two}\n\`\`\`\n`);
    page(`| ${one} | a | ${film} |`, `| ${law} | a | ${film} |`, `| ${two} | b | [film](../packages/film/${file}) |`);
    expect(problems()).toEqual([`docs/threats.md: defines ${two}, which no test packages/film/${file} names`]);
  });

  test('refuses a folder, whatever its tests name', () => {
    page(`| ${one} | a | [film](../packages/film) |`, `| ${law} | a | ${film} |`);
    expect(problems()).toEqual([`docs/threats.md: defines ${one}, which no test packages/film names`]);
  });

  test('refuses a test that does not name it, beside one that does, and a row without a test', () => {
    repository.write('packages/film/src/reel.test.ts', `// ${law}`);
    page(`| ${one} | a | ${film}, [reel](../packages/film/src/reel.test.ts) |`, `| ${law} | none |`);
    expect(problems()).toEqual([
      `docs/threats.md: defines ${one}, which no test packages/film/src/reel.test.ts names`,
      `docs/threats.md: defines ${law}, and links to no test that names it`,
    ]);
  });

  test('refuses two definitions of one id', () => {
    page(`| ${one} | a | ${film} |`, `| ${law} | a | ${film} |`, `| ${one} | b | ${film} |`);
    expect(problems()).toEqual([`docs/threats.md: defines ${one} twice`]);
  });

  test('accepts a case of the conformance suite as a test', () => {
    repository.write('packages/testing/src/suite/reel.ts', `// ${two}`);
    page(
      `| ${one} | a | ${film} |`,
      `| ${law} | a | ${film} |`,
      `| ${two} | b | [reel](../packages/testing/src/suite/reel.ts) |`,
    );
    expect(problems().filter((problem) => problem.includes('threats'))).toEqual([]);
  });
});
