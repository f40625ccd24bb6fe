import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { workspaceTests } from '../../vitest.shared.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const settings = (command: 'run' | 'bench', tests?: 'full') => {
  vi.stubEnv('VIDEOSTORAGE_TESTS', tests);
  vi.stubGlobal('process', { ...process, argv: ['node', 'vitest', command], env: process.env });
  return workspaceTests({ name: 'film' }).test;
};
const reportOf = (command: 'run' | 'bench', tests?: 'full') => JSON.stringify(settings(command, tests)?.reporters);

test('unit and full tests each write a report, a bench writes none over it', () => {
  expect(reportOf('run')).toContain('.test-report/unit.json');
  expect(reportOf('run', 'full')).toContain('.test-report/full.json');
  expect(reportOf('bench')).toBe('["default"]');
});

test('full tests are those of *.full.test.ts, unit tests all others', () => {
  expect(settings('run')).toMatchObject({
    include: ['src/**/*.test.ts'],
    exclude: expect.arrayContaining(['**/*.full.test.ts']),
  });
  expect(settings('run', 'full')).toMatchObject({ include: ['src/**/*.full.test.ts'] });
  expect(settings('run', 'full')?.exclude).not.toContain('**/*.full.test.ts');
});

test('unit tests run one file more than there are cores, benches and full tests as many as configured', () => {
  expect(settings('run')?.maxWorkers).toBe(availableParallelism() + 1);
  expect(settings('bench')?.maxWorkers).toBeUndefined();
  expect(settings('run', 'full')?.maxWorkers).toBe(2);
});
