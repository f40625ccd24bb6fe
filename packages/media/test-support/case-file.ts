import { readFile } from 'node:fs/promises';

/** The bytes of a file of `fixtures/`. */
export async function caseFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../fixtures/${name}`, import.meta.url)));
}
