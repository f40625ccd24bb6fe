import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient } from 'redis';
import type { RedisClient } from '../src/index.ts';

/** The clients that a host may pass. */
export const clientKinds = ['ioredis', 'iovalkey', 'node-redis'] as const;
/** One of them. */
export type ClientKind = (typeof clientKinds)[number];

/** A client with the settings that it has by default. */
export interface OpenClient {
  readonly client: RedisClient;
  /** Ends its connection, and all attempts to have one. */
  close(): void;
}

/** Opens a client; it connects by itself, also later when the server is not there yet. */
export function openClient(kind: ClientKind, url: string): OpenClient {
  // The store hears of each failure by the call that fails; a listener is what every client wants.
  const onError = () => undefined;
  if (kind === 'node-redis') {
    const client = createClient({ url });
    client.on('error', onError);
    // It rejects when it is closed before it was connected.
    client.connect().catch(onError);
    return { client, close: () => client.destroy() };
  }
  const client = kind === 'ioredis' ? new Redis(url) : new Valkey(url);
  client.on('error', onError);
  return { client, close: () => client.disconnect() };
}
