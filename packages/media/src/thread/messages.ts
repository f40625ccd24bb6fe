import type { Finding } from './finding.ts';

/** What the main thread sends to a thread. */
export type HostMessage =
  /** Probe a file of this size. */
  | { readonly type: 'probe'; readonly sizeBytes: number }
  /** The bytes that were asked for. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** No more bytes: conclude from what is known. */
  | { readonly type: 'limit' }
  /** The result is not needed any more: drop the file. */
  | { readonly type: 'cancel' };

/** What a thread sends to the main thread. */
export type ThreadMessage =
  /** The parser is compiled. */
  | { readonly type: 'ready' }
  /** It needs the bytes from `start` up to, not including, `end`; until here it has computed so long for this file. */
  | { readonly type: 'read'; readonly start: number; readonly end: number; readonly computedMs: number }
  /** It is done, and free for the next file unless `isSpent`. */
  | { readonly type: 'done'; readonly finding: Finding | undefined; readonly isSpent: boolean };
