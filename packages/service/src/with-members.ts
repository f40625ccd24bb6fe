/**
 * An object of the host app with members added or replaced. A copy would lose getters and inherited members, and its methods
 * would lose their `this`: those are read from the host app's own object. Its own names are listed, so that a storage
 * refuses a misspelt one; names from its class are not listed.
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

/** Every object inherits the methods of `Object.prototype`, which are not options. */
function isRoot(owner: object): boolean {
  return Object.hasOwn(owner, 'isPrototypeOf');
}
