import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutantLists } from './mutant-lists.ts';

const PROGRAM = fileURLToPath(new URL('./mutants.ts', import.meta.url));
/** Of each list, spread over it; `npm run mutants` tries all. */
const TRIED = 3;

test('the suite notices a sample of the faults of every storage', async () => {
  const { said, exitCode } = await runMutants(['--sample', String(TRIED)]);
  const count = TRIED * mutantLists.length;
  expect(said.trimEnd().split('\n').at(-1), said).toBe(`killed ${count} of ${count}`);
  expect(exitCode).toBe(0);
}, 300_000);

test('an unknown list is refused', async () => {
  const { said, exitCode } = await runMutants(['--only', 'nothing']);
  expect(said).toContain('There is no list "nothing"');
  expect(exitCode).toBe(1);
});

function runMutants(args: readonly string[]): Promise<{ readonly said: string; readonly exitCode: number | null }> {
  return new Promise((resolve, reject) => {
    // What this Vitest has set would reach the one that is started.
    const outside = Object.entries(process.env).filter(
      ([name]) => !/^(VITEST(_.*)?|NODE_ENV|TEST|PROD|DEV|MODE|SSR)$/.test(name),
    );
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: Object.fromEntries(outside) });
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
