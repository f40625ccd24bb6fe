import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient } from 'redis';
import type { RedisClient } from '../src/index.ts';

/** The clients that a host app may pass. */
export const clientKinds = ['ioredis', 'iovalkey', 'node-redis'] as const;
/** One of them. */
export type ClientKind = (typeof clientKinds)[number];

/** A client with its default settings. */
export interface OpenClient {
  readonly client: RedisClient;
  /** Closes its connection, and stops all attempts to connect. */
  close(): void;
}

/** Opens a client; it connects by itself, also later when the server is not running yet. */
export function openClient(kind: ClientKind, url: string): OpenClient {
  // The store notices failures by failing calls; the listener is needed because every client requires one.
  const onError = () => undefined;
  if (kind === 'node-redis') {
    const client = createClient({ url });
    client.on('error', onError);
    // Rejects when the client is closed before it has connected.
    client.connect().catch(onError);
    return { client, close: () => client.destroy() };
  }
  const client = kind === 'ioredis' ? new Redis(url) : new Valkey(url);
  client.on('error', onError);
  return { client, close: () => client.disconnect() };
}
