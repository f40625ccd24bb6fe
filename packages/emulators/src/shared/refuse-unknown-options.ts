/** Refuses names that an emulator does not have: a misspelt option would otherwise be ignored silently. @throws {TypeError} */
export function refuseUnknownOptions(owner: string, options: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known).sort().join(', ');
  throw new TypeError(`${owner}: \`${unknown.slice(0, 64)}\` is not an option; the options are ${names}.`);
}
