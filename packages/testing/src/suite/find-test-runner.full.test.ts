import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../test-support/node-test-program.ts', import.meta.url));

test('under node --test the suite finds its runner', async () => {
  const { said } = await runNode(['--test', '--test-reporter=tap', PROGRAM]);
  expect(said).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(said)?.[1])).toBeGreaterThan(40);
  expect(said).toContain('# SKIP the subject has no clock');
});

test('in a process without a runner the error names the option to pass', async () => {
  const { said, exitCode } = await runNode([PROGRAM]);
  expect(said).toContain('Pass `runner: { describe, test }`');
  expect(exitCode).toBe(1);
});

function runNode(args: readonly string[]): Promise<{ readonly said: string; readonly exitCode: number | null }> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _options, ...env } = process.env;
    const child = spawn(process.execPath, ['--conditions=@videostorage/source', ...args], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ said, exitCode }));
  });
}
