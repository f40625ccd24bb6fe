// Who may import whom: the picture of ARCHITECTURE.md as rules. Tests, type tests and benches may use more.

/** The siblings that a package's shipped source may import. A package that is not named here is refused. */
const siblings = {
  core: [],
  media: ['core'],
  'object-storage': ['core', 'media'],
  local: ['core', 'media', 'object-storage'],
  'cloudflare-stream': ['core'],
  's3-cloudfront': ['core', 'media', 'object-storage'],
  redis: ['core'],
  testing: ['core'],
  emulators: ['core'],
  service: ['core'],
  sql: ['core', 'service'],
  http: ['core', 'service'],
  uploader: ['core'],
  player: ['core'],
};

const testFiles = '\\.(test|test-d|bench)\\.ts$';
const npm = ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'];

const siblingRules = Object.entries(siblings).map(([name, allowed]) => ({
  name: `${name}-imports`,
  comment: `packages/${name} may import: ${allowed.join(', ') || 'no sibling'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: testFiles },
  to: { path: `^packages/(?!(?:${[name, ...allowed].join('|')})/)` },
}));

module.exports = {
  forbidden: [
    ...siblingRules,
    {
      name: 'package-without-rule',
      comment: 'list in .dependency-cruiser.cjs which siblings the new package may import',
      severity: 'error',
      from: { path: `^packages/(?!(?:${Object.keys(siblings).join('|')})/)` },
      to: {},
    },
    {
      name: 'folders-say-what-is-in-them',
      comment: 'name a folder or file after what is in it',
      severity: 'error',
      from: {},
      to: { path: '^(packages|examples)/.*/(utils?|helpers?|common|misc)(/|\\.[a-z]+$)' },
    },
    {
      name: 'no-circular',
      comment: 'no circle of files at run time; types may know each other',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-has-no-dependency',
      comment: 'core imports nothing: neither npm packages nor node: builtins',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: testFiles },
      to: { dependencyTypes: ['core', ...npm] },
    },
    {
      name: 'core-tests-without-testing',
      comment: 'testing imports core: the other way round Nx finds a circle',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^packages/(?!core/)' },
    },
    {
      name: 'contract-is-types-only',
      comment: 'core/src/contract holds types; the working parts stand beside it',
      severity: 'error',
      from: { path: '^packages/core/src/contract/' },
      to: { path: '^packages/core/src/(?!contract/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'emulators-know-types-only',
      comment:
        'an emulator is an independent witness: of core it knows types, no code that it could share a fault with',
      severity: 'error',
      from: { path: '^packages/emulators/src/', pathNot: testFiles },
      to: { path: '^packages/core/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'emulators-in-tests-only',
      comment: 'testing and emulators are devDependencies: what is shipped imports neither',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: testFiles },
      to: { path: '^packages/(testing|emulators)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'testing-without-emulators',
      comment: 'the tests of emulators use the fixtures of testing: the other way round Nx finds a circle',
      severity: 'error',
      from: { path: '^packages/testing/' },
      to: { path: '^packages/emulators/' },
    },
    {
      name: 'client-has-no-policy',
      comment: 'inside a backend: storage → client → types; a client knows neither storage nor retries, limits or logs',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/.*-client\\.ts$' },
      to: { path: '^packages/[^/]+/src/(.*-storage\\.ts$|retry/|rate-limit/|log/logger)' },
    },
    {
      name: 'storage-has-no-http',
      comment: 'a storage talks to its client, the client talks HTTP; types of an injected SDK client are welcome',
      severity: 'error',
      from: { path: '^packages/(?!(?:testing|emulators)/)[^/]+/src/.*-storage\\.ts$' },
      to: { path: '^(node_modules/(undici|@aws-sdk)/|(node:)?https?$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-package-index-from-inside',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/.+', pathNot: testFiles },
      to: { path: '^packages/$1/src/index\\.ts$' },
    },
    {
      name: 'no-relative-cross-package',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'packages-stand-alone',
      comment: 'packages import neither examples nor tools',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(examples|tools)/' },
    },
    {
      name: 'source-without-tests',
      comment: 'what is shipped imports nothing that is not',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: testFiles },
      to: { path: `(${testFiles}|^packages/[^/]+/(test-support|proof)/)` },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared',
      comment: 'shipped source imports what its own package.json names as a dependency',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: testFiles },
      // An optional peer stands among the devDependencies too, for the tests.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@videostorage/source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
