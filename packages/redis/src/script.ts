import { createHash } from 'node:crypto';
import { ConfigurationError } from '@videostorage/core';
import { isNodeRedisLike, type RedisClient } from './redis-client.ts';

/** Begins the error of a server that does not know the script: it was started again, or its cache was emptied. */
const UNKNOWN_SCRIPT = /^NOSCRIPT\b/;

/** A Lua script, sent by its SHA-1 and in full only where the server does not know it yet. */
export class Script {
  /** What the server is to run. */
  readonly source: string;
  readonly #sha1: string;

  constructor(source: string) {
    this.source = source;
    // The name that Redis itself gives to a script; it protects nothing.
    this.#sha1 = createHash('sha1').update(source).digest('hex');
  }

  /** Runs it on the server. @throws {ConfigurationError} a client whose methods give no promise @throws whatever the client says */
  async run(client: RedisClient, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await this.#send(client, 'sha', this.#sha1, keys, args);
    } catch (error) {
      if (!(error instanceof Error && UNKNOWN_SCRIPT.test(error.message))) throw error;
      return this.#send(client, 'source', this.source, keys, args);
    }
  }

  #send(client: RedisClient, by: 'sha' | 'source', text: string, keys: readonly string[], args: readonly string[]) {
    if (isNodeRedisLike(client)) {
      const input = { keys: [...keys], arguments: [...args] };
      return promised(by === 'sha' ? client.evalSha(text, input) : client.eval(text, input));
    }
    const row = [...keys, ...args];
    return promised(by === 'sha' ? client.evalsha(text, keys.length, ...row) : client.eval(text, keys.length, ...row));
  }
}

/** node-redis 3 has methods of the same names that want a callback: their answer would never come. */
function promised(answer: unknown): Promise<unknown> {
  if (typeof answer === 'object' && answer !== null && 'then' in answer) return Promise.resolve(answer);
  throw new ConfigurationError(
    'RedisRateLimitStore: `client` gives no promises; take ioredis, iovalkey, or redis 4 or later.',
  );
}
