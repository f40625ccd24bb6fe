// Who may import whom: the picture of ARCHITECTURE.md as rules. Tests, type tests and benches may use more.
const testFiles = '\\.(test|test-d|bench)\\.ts$';
/** A package's shipped source may import only the named siblings. */
const onlyTo = (name, allowed) => ({
  name: `${name}-imports`,
  comment: `packages/${name} may import: ${allowed.join(', ') || 'no sibling'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src`, pathNot: testFiles },
  to: { path: `^packages/(?!(?:${[name, ...allowed].join('|')})/)` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    onlyTo('core', []),
    onlyTo('media', ['core']),
    onlyTo('local', ['core', 'media']),
    onlyTo('cloudflare-stream', ['core']),
    onlyTo('s3-cloudfront', ['core', 'media']),
    onlyTo('testing', ['core']),
    {
      name: 'core-has-no-dependency',
      comment: 'core imports nothing: neither npm packages nor node: builtins',
      severity: 'error',
      from: { path: '^packages/core/src', pathNot: testFiles },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'core-tests-without-testing',
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
    { name: 'packages-do-not-import-examples', severity: 'error', from: { path: '^packages/' }, to: { path: '^examples/' } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: testFiles },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
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
