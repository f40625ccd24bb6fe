import { createHash } from 'node:crypto';
import { ConfigurationError } from '@videostorage/core';
import { isNodeRedisLike, type RedisClient } from './redis-client.ts';

/** Beginning of the error of a server that does not have the script, since it was restarted or its cache was emptied. */
const UNKNOWN_SCRIPT = /^NOSCRIPT\b/;

/** A Lua script, sent as its SHA-1, and in full only when the server does not have it yet. */
export class Script {
  /** Source of the script. */
  readonly source: string;
  readonly #sha1: string;

  constructor(source: string) {
    this.source = source;
    // SHA-1, because Redis identifies scripts by it; it is not used for security.
    this.#sha1 = createHash('sha1').update(source).digest('hex');
  }

  /**
   * Runs it on the server. @throws {ConfigurationError} a client whose methods return no promise @throws what the client
   * throws
   */
  async run(client: RedisClient, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const call = scriptCall(client, keys, args);
    try {
      return await promised(() => call.bySha1(this.#sha1));
    } catch (error) {
      if (!(error instanceof Error && UNKNOWN_SCRIPT.test(error.message))) throw error;
      return await promised(() => call.bySource(this.source));
    }
  }
}

interface ScriptCall {
  bySha1(sha1: string): unknown;
  bySource(source: string): unknown;
}

function scriptCall(client: RedisClient, keys: readonly string[], args: readonly string[]): ScriptCall {
  if (isNodeRedisLike(client)) {
    const input = () => ({ keys: [...keys], arguments: [...args] });
    return { bySha1: (sha1) => client.evalSha(sha1, input()), bySource: (source) => client.eval(source, input()) };
  }
  const row = [...keys, ...args];
  return {
    bySha1: (sha1) => client.evalsha(sha1, keys.length, ...row),
    bySource: (source) => client.eval(source, keys.length, ...row),
  };
}

/** node-redis 3 has methods of the same names that expect a callback: their answer would never arrive. */
function promised(call: () => unknown): unknown {
  const answer = called(call);
  if (typeof answer === 'object' && answer !== null && 'then' in answer) return answer;
  throw new ConfigurationError(
    'RedisRateLimitStore: `client` returns no promises; use ioredis, iovalkey, or redis 4 or later.',
  );
}

/**
 * The methods of @upstash/redis expect a list of keys and one of arguments, and otherwise throw at once: a permanent error,
 * not an outage.
 */
function called(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigurationError(
      'RedisRateLimitStore: `client` expects keys and arguments in another form; wrap it in an object with `evalsha(sha1, numberOfKeys, …)` and `eval(script, numberOfKeys, …)`.',
    );
  }
}
