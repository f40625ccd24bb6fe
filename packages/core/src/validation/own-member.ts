/** What stands for a getter: no type that any member has. */
const ACCESSOR = Symbol('accessor');

/**
 * An object's own data member: undefined when it is missing or inherited, a symbol when it is a getter, which is not called.
 * So neither a polluted prototype nor code inside an input takes part.
 */
export function ownMember(object: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  return descriptor === undefined || 'value' in descriptor ? descriptor?.value : ACCESSOR;
}
