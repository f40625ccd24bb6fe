/** A client like those of ioredis and iovalkey, for one server, Sentinel or a cluster: keys and arguments are passed in one list. */
export interface IoredisLike {
  /** Runs a script that the server knows, by its SHA-1. */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Runs a script, which the server caches. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What node-redis takes in addition to a script. */
export interface ScriptInput {
  /** The keys that the script reads and writes; they determine the server in a cluster. */
  keys: string[];
  /** Further input of the script. */
  arguments: string[];
}

/** A client like that of node-redis (package `redis`, 4 and later), for one server, pool, Sentinel or cluster. */
export interface NodeRedisLike {
  /** Runs a script that the server knows, by its SHA-1. */
  evalSha(sha1: string, input: ScriptInput): Promise<unknown>;
  /** Runs a script, which the server caches. */
  eval(script: string, input: ScriptInput): Promise<unknown>;
}

/** A client of Redis or Valkey, recognised by its methods and not by its class, so any other client with these methods works too. */
export type RedisClient = IoredisLike | NodeRedisLike;

/** Whether it has the methods of `IoredisLike`. */
export function isIoredisLike(client: unknown): client is IoredisLike {
  return hasMethod(client, 'evalsha') && hasMethod(client, 'eval');
}

/** Whether it has the methods of `NodeRedisLike`: the capital letter is what distinguishes it from `IoredisLike`. */
export function isNodeRedisLike(client: unknown): client is NodeRedisLike {
  return hasMethod(client, 'evalSha') && hasMethod(client, 'eval');
}

function hasMethod(client: unknown, name: string): boolean {
  return typeof client === 'object' && client !== null && typeof Reflect.get(client, name) === 'function';
}
