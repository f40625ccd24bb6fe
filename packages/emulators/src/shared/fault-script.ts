import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { untilClosed } from './until-closed.ts';

/** The request is answered with a status and has no effect. */
export interface StatusFault {
  /** Discriminates the faults. */
  readonly kind: 'status';
  /** HTTP status of the answer. */
  readonly status: number;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Body of the answer. Default: empty. */
  readonly body?: string;
}

/** The connection is reset before or after the request took effect. */
export interface ResetFault {
  /** Discriminates the faults. */
  readonly kind: 'reset';
  /** Whether the reset comes before or after the request took effect. */
  readonly when: 'before-effect' | 'after-effect';
}

/**
 * `hang`: no answer, no effect. `unanswered`: no answer after the effect. `html`: a page of a proxy with status 200, no effect.
 * `truncated`: the answer breaks off after the effect.
 */
export interface PlainFault {
  /** Discriminates the faults. */
  readonly kind: 'hang' | 'unanswered' | 'html' | 'truncated';
}

/** The request is answered correctly, but late. It takes effect even when the client has gone. */
export interface SlowFault {
  /** Discriminates the faults. */
  readonly kind: 'slow';
  /** Delay of the answer. */
  readonly delayMs: number;
}

/**
 * The request is answered with status 200 and an endless body, without effect: a client that reads without a limit runs out of
 * memory.
 */
export interface EndlessFault {
  /** Discriminates the faults. */
  readonly kind: 'endless';
  /** Start of the body. Default: an XML declaration. */
  readonly start?: string;
  /** Repeated after the start. Default: a line of 1 024 spaces. */
  readonly repeat?: string;
  /** Size at which the body ends. Default: it ends when the client hangs up. */
  readonly sizeBytes?: number;
}

/** How one request fails. */
export type EmulatorFault = StatusFault | ResetFault | PlainFault | SlowFault | EndlessFault;

/** Which requests fail, and how many of them. */
export interface FaultAim {
  /** How many requests fail; 0: none, `Infinity`: all that follow. Default 1. */
  readonly times?: number;
  /** Selects the requests to which the fault applies. Default: every request. */
  readonly matches?: (request: IncomingMessage) => boolean;
}

/** Faults to come, in the order in which they were scripted. */
export class FaultScript {
  #waiting: { readonly fault: EmulatorFault; readonly matches: (request: IncomingMessage) => boolean; left: number }[] =
    [];

  /** Makes the next matching request fail in this way. @throws {TypeError} `times` is not a number of requests */
  add(fault: EmulatorFault, { times = 1, matches = () => true }: FaultAim = {}): void {
    if (!(times === Number.POSITIVE_INFINITY || (Number.isInteger(times) && times >= 0)))
      throw new TypeError('`times` is a whole number of requests, 0 or more, or Infinity.');
    if (times > 0) this.#waiting.push({ fault, matches, left: times });
  }

  /** Removes all faults that have not happened yet. */
  clear(): void {
    this.#waiting = [];
  }

  /** Takes the fault for this request; undefined when there is none. */
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

/** Applies a fault to a request; true when the request may take effect. */
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

/**
 * Lets the request take effect and its answer start, but sends only a part of the body; with nothing to send the connection is
 * reset.
 */
function breakOff(response: ServerResponse, share: 0 | 0.5): true {
  const write = response.write.bind(response);
  const reset = () => void response.socket?.resetAndDestroy();
  // Ended, not reset: a reset could overtake bytes that must arrive.
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

/** Waits, until the client hangs up or the server stops. Always removes its timer. */
function lateOrClosed(response: ServerResponse, delayMs: number): Promise<void> {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    void untilClosed(response).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Reads the rest of a request: a client whose body is not read sees a reset instead of the answer. */
export async function drained(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  await new Promise<void>((resolve) => {
    request.once('end', resolve).once('close', resolve).resume();
  });
}
