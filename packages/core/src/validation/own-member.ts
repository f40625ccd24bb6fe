/** Stands for a getter: a value of a type that no valid member has. */
const ACCESSOR = Symbol('accessor');

/**
 * An own data member of an object: undefined when it is missing or inherited, a symbol when it is a getter, which is not called.
 * So neither a polluted prototype nor code inside an input has an effect.
 */
export function ownMember(object: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  return descriptor === undefined || 'value' in descriptor ? descriptor?.value : ACCESSOR;
}
