import type { MessagePort } from 'node:worker_threads';
import { ByteSource, ReadLimitError } from './byte-source.ts';
import type { Finding } from './finding.ts';
import { inspectFile } from './inspect-file.ts';
import type { HostMessage, ThreadMessage } from './messages.ts';
import type { Parser } from './parser.ts';
import { isHeapSpent } from './wasm-heap.ts';

/** Thrown inside when the main thread drops the file. */
class CancelledError extends Error {
  override readonly name = 'CancelledError' as const;
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (reason: Error) => void;
}

/** Probes one file after another for the main thread at the other end of `port`, as soon as the parser is loaded. */
export function serveProbes(port: MessagePort, parser: Promise<Pick<Parser, 'parse'>>): void {
  const send = (message: ThreadMessage) => port.postMessage(message);
  let waiting: Waiting | undefined;
  let computedMs = 0;
  let since = 0;
  const ask = (start: number, end: number) =>
    new Promise<Uint8Array>((resolve, reject) => {
      waiting = { resolve, reject };
      computedMs += performance.now() - since;
      send({ type: 'read', start, end, computedMs });
    });

  async function probe(sizeBytes: number): Promise<void> {
    let isBroken = false;
    let finding: Finding | undefined;
    try {
      finding = await inspectFile(await parser, new ByteSource(sizeBytes, ask));
    } catch (error) {
      if (error instanceof ReadLimitError) finding = { outcome: 'undetermined', reason: 'too-much-to-read' };
      else if (!(error instanceof CancelledError)) {
        // After a failure of its own the parser cannot be relied upon.
        finding = { outcome: 'undetermined', reason: 'too-complex' };
        isBroken = true;
      }
    }
    send({ type: 'done', finding, isSpent: isBroken || isHeapSpent() });
  }

  port.on('message', (message: HostMessage) => {
    const asked = waiting;
    waiting = undefined;
    since = performance.now();
    if (message.type === 'probe') {
      computedMs = 0;
      void probe(message.sizeBytes);
    } else if (message.type === 'bytes') asked?.resolve(message.bytes);
    else asked?.reject(message.type === 'limit' ? new ReadLimitError() : new CancelledError());
  });
  // A parser that cannot be loaded ends the thread, and the main thread is notified.
  void parser.then(() => send({ type: 'ready' }));
}
