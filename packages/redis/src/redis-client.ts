/** A client as ioredis and iovalkey have it, of one server, Sentinel or cluster: keys and arguments in one row. */
export interface IoredisLike {
  /** Runs a script that the server knows, by its SHA-1. */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Runs a script, which the server then knows. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What node-redis passes beside a script. */
export interface ScriptInput {
  /** What the script reads and writes; a cluster finds the server by it. */
  keys: string[];
  /** Further input of the script. */
  arguments: string[];
}

/** A client as node-redis has it (package `redis`, 4 and later): one server, pool, Sentinel or cluster. */
export interface NodeRedisLike {
  /** Runs a script that the server knows, by its SHA-1. */
  evalSha(sha1: string, input: ScriptInput): Promise<unknown>;
  /** Runs a script, which the server then knows. */
  eval(script: string, input: ScriptInput): Promise<unknown>;
}

/** A client of Redis or Valkey that is known by its methods, not by its class: any other that has them is as good. */
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
