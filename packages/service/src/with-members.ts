/**
 * What a host app passes, with the members that are added to it or replaced. A copy would lose what its class gives by getters or
 * inherits, and its methods would lose their object: those are read from the host app's own object. Its own names are listed as they are
 * there, so that a storage refuses a misspelt one; those of its class are not listed.
 */
export function withMembers<Members extends object>(given: object, added: Members): Members {
  const own = Object.fromEntries(Object.keys(given).map((name) => [name, memberOf(given, name)]));
  const members = { ...own, ...added };
  for (let owner: object | null = given; owner !== null && !isRoot(owner); owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!Object.hasOwn(members, name)) Object.defineProperty(members, name, { get: () => memberOf(given, name) });
    }
  }
  return members;
}

function memberOf(given: object, name: string): unknown {
  const member: unknown = Reflect.get(given, name);
  return typeof member === 'function' ? member.bind(given) : member;
}

/** Every object inherits its methods, which are nobody's options. */
function isRoot(owner: object): boolean {
  return Object.hasOwn(owner, 'isPrototypeOf');
}
