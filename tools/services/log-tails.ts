import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const tailLines = 15;

/** The last lines of every log in a folder that is not empty, each under its name. */
export function logTails(folder: string): string {
  const tails = readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8').trim() }))
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => `--- ${name}\n${text.split('\n').slice(-tailLines).join('\n')}`);
  return tails.join('\n');
}
