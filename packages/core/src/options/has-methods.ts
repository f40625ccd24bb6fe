/**
 * Recognises a collaborator by its methods and not by its class: a package may be loaded twice, and a host app may write its
 * own.
 */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => name in value && typeof Reflect.get(value, name) === 'function')
  );
}
