import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Answered with a status, nothing done. */
export interface StatusFault {
  /** The discriminant. */
  readonly kind: 'status';
  /** HTTP status of the answer. */
  readonly status: number;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Body of the answer. Default: empty. */
  readonly body?: string;
}

/** The connection is reset. */
export interface ResetFault {
  /** The discriminant. */
  readonly kind: 'reset';
  /** Before or after the work was done. */
  readonly when: 'before-effect' | 'after-effect';
}

/**
 * `hang`: never answered, nothing done · `unanswered`: the work is done, and never answered · `html`: a proxy's page with
 * status 200, nothing done · `truncated`: the work is done, the answer breaks off.
 */
export interface PlainFault {
  /** The discriminant. */
  readonly kind: 'hang' | 'unanswered' | 'html' | 'truncated';
}

/** Answered correctly, but late; an emulator does the work even when the client has not waited. */
export interface SlowFault {
  /** The discriminant. */
  readonly kind: 'slow';
  /** How late. */
  readonly delayMs: number;
}

/** Answered with status 200 and a body that goes on and on, nothing done: what a client without a bound would keep in memory. */
export interface EndlessFault {
  /** The discriminant. */
  readonly kind: 'endless';
  /** The body begins with it. Default: an XML declaration. */
  readonly start?: string;
  /** Then this, again and again. Default: a line of 1 024 blanks. */
  readonly repeat?: string;
  /** Where it ends. Default: never, until the client hangs up. */
  readonly sizeBytes?: number;
}

/** What goes wrong with one request. */
export type EmulatorFault = StatusFault | ResetFault | PlainFault | SlowFault | EndlessFault;

/** Which requests a fault meets, and how many of them. */
export interface FaultAim {
  /** How many requests. Default 1. */
  readonly times?: number;
  /** Default: every request. */
  readonly matches?: (request: IncomingMessage) => boolean;
}

/** Faults that wait for their requests, in the order in which they were scripted. */
export class FaultScript {
  #waiting: { readonly fault: EmulatorFault; readonly matches: (request: IncomingMessage) => boolean; left: number }[] =
    [];

  /** The next matching request meets this fault. */
  add(fault: EmulatorFault, aim: FaultAim = {}): void {
    this.#waiting.push({ fault, matches: aim.matches ?? (() => true), left: aim.times ?? 1 });
  }

  /** Drops what has not happened yet. */
  clear(): void {
    this.#waiting = [];
  }

  /** The fault of this request, used up by it. */
  next(request: IncomingMessage): EmulatorFault | undefined {
    const found = this.#waiting.find((waiting) => waiting.matches(request));
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left === 0) this.#waiting = this.#waiting.filter((waiting) => waiting !== found);
    return found.fault;
  }
}

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const BLANKS = `${' '.repeat(1023)}\n`;
const PROXY_PAGE = '<html><body>Please sign in to the network.</body></html>';

/** Plays a fault around the work on a request; true when the work may be done. */
export async function applyFault(
  fault: EmulatorFault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (fault.kind) {
    case 'status':
      await drained(request);
      if (fault.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(fault.retryAfterSeconds));
      response.writeHead(fault.status).end(fault.body ?? '');
      return false;
    case 'html':
      await drained(request);
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': PROXY_PAGE.length }).end(PROXY_PAGE);
      return false;
    case 'hang':
      request.resume();
      return false;
    case 'unanswered':
      response.write = () => true;
      response.end = () => response;
      return true;
    case 'reset':
      if (fault.when === 'after-effect') return breakOff(response, 0);
      request.socket.resetAndDestroy();
      return false;
    case 'truncated':
      return breakOff(response, 0.5);
    case 'endless':
      await drained(request);
      response.writeHead(200, { 'Content-Type': 'application/xml' });
      // Rejects when the client hangs up, as any answer does.
      await pipeline(Readable.from(piecesOf(fault)), response);
      return false;
    case 'slow':
      await lateOrClosed(response, fault.delayMs);
      return true;
  }
}

function* piecesOf({
  start = XML_DECLARATION,
  repeat = BLANKS,
  sizeBytes = Number.POSITIVE_INFINITY,
}: EndlessFault): Generator<Buffer> {
  let left = sizeBytes;
  for (let piece = Buffer.from(start); left > 0; piece = Buffer.from(repeat === '' ? BLANKS : repeat)) {
    yield piece.subarray(0, left);
    left -= piece.length;
  }
}

/** Lets the work be done and its answer begin, but only a share of the body gets out; of no byte at all, the connection is reset. */
function breakOff(response: ServerResponse, share: 0 | 0.5): true {
  const write = response.write.bind(response);
  const reset = () => void response.socket?.resetAndDestroy();
  // An end, not a reset: a reset may overtake the bytes that are to arrive.
  const hangUp = () => void response.socket?.destroySoon();
  let leftBytes: number | undefined;
  let isOver = false;
  const send = (data: unknown): void => {
    const chunk = typeof data === 'string' || data instanceof Uint8Array ? Buffer.from(data) : Buffer.alloc(0);
    leftBytes ??= Math.floor(share * (Number(response.getHeader('content-length')) || chunk.length));
    const kept = chunk.subarray(0, leftBytes);
    leftBytes -= kept.length;
    isOver = leftBytes === 0;
    if (kept.length > 0) write(kept, () => isOver && hangUp());
    else reset();
  };
  response.write = ((data: unknown) => {
    if (!isOver) send(data);
    return true;
  }) as typeof response.write;
  response.end = ((data?: unknown) => {
    if (!isOver) send(data);
    return response;
  }) as typeof response.end;
  return true;
}

/** Whoever hangs up, the client or a server that stops, ends the waiting: no timer is left behind. */
function lateOrClosed(response: ServerResponse, delayMs: number): Promise<void> {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Reads a request to its end, or to its break: a client sees a reset instead of the answer when its body is left unread. */
export async function drained(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  await new Promise<void>((resolve) => {
    request.once('end', resolve).once('close', resolve).resume();
  });
}
