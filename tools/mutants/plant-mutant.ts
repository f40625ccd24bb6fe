import type { Mutant } from './mutant.ts';

/** The text with the fault planted. @throws when its place is not found exactly once: the list must follow the code */
export function plantMutant(text: string, mutant: Mutant): string {
  const parts = text.split(mutant.find);
  if (parts.length !== 2) {
    throw new Error(`${mutant.id}: "${mutant.find}" stands ${parts.length - 1} times in ${mutant.file}, not once`);
  }
  return parts.join(mutant.replace);
}
