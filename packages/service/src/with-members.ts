/**
 * What a host app passes, with the members that are added to it or replaced. A copy would lose what its class gives by getters or
 * inherits, and its methods would lose their object: all but the added members are read from the host app's own object. Its own names
 * are listed as they are there, so that a storage refuses a misspelt one; those of its class are not listed.
 */
export function withMembers<Members extends object>(given: object, added: Members): Members {
  const members = { ...added };
  for (const [name, isListed] of namesOf(given)) {
    if (Object.hasOwn(members, name)) continue;
    Object.defineProperty(members, name, { enumerable: isListed, get: () => memberOf(given, name) });
  }
  return members;
}

function memberOf(given: object, name: string): unknown {
  const member: unknown = Reflect.get(given, name);
  return typeof member === 'function' ? member.bind(given) : member;
}

/** Names of an object and of all that it inherits from, but for the root, and whether a spread would list each. */
function namesOf(given: object): ReadonlyMap<string, boolean> {
  const names = new Map<string, boolean>();
  for (let owner: object | null = given; owner !== null && !isRoot(owner); owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (names.has(name)) continue;
      names.set(name, owner === given && Object.prototype.propertyIsEnumerable.call(given, name));
    }
  }
  return names;
}

/** Every object inherits its methods, which are nobody's options. */
function isRoot(owner: object): boolean {
  return Object.hasOwn(owner, 'isPrototypeOf');
}
