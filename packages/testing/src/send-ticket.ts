import {
  checkCallOptions,
  functionOption,
  type OptionSchemas,
  optional,
  type PostTicket,
  type SignedPart,
  type TusTicket,
  type UploadTicket,
} from '@videostorage/core';

/** Settings of `sendTicket`. */
export interface SendTicketOptions {
  /** Required for multipart tickets: calls `storage.multipart.signParts` as the user of the ticket. */
  readonly signParts?: ((partNumbers: readonly number[]) => Promise<readonly SignedPart[]>) | undefined;
  /** Sends each request. Default: the global `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

const OPTIONS = {
  signParts: optional(functionOption('must be a function that signs parts')),
  fetch: optional(functionOption('must be a function like fetch')),
} satisfies OptionSchemas<SendTicketOptions>;

/** The storage refused the bytes. */
export class SendRefusedError extends Error {
  /** HTTP status of the refusal. */
  readonly status: number;

  constructor(status: number) {
    super(`The storage refused the bytes with status ${status}.`);
    this.status = status;
  }
}

const TUS_HEADERS = { 'Tus-Resumable': '1.0.0' };
const DEFAULT_CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Sends a file as a browser would: by tus from the offset that the storage reports, as one form, or in parts.
 * @throws {SendRefusedError} when the storage refuses @throws {ValidationError} an option that does not exist
 */
export async function sendTicket(
  ticket: UploadTicket,
  bytes: Uint8Array,
  mimeType: string,
  options: SendTicketOptions = {},
): Promise<void> {
  checkCallOptions(options, OPTIONS);
  const send = async (request: Request) => {
    const response = await (options.fetch ?? fetch)(request);
    if (!response.ok) throw new SendRefusedError(response.status);
    return response;
  };
  const body = new Uint8Array(bytes);
  switch (ticket.protocol) {
    case 'tus':
      return sendByTus(ticket, body, send);
    case 'post':
      return sendByPost(ticket, body, mimeType, send);
    case 'multipart': {
      if (options.signParts === undefined) throw new TypeError('A multipart ticket needs `signParts`.');
      return sendInParts(ticket, body, options.signParts, send);
    }
  }
}

type Send = (request: Request) => Promise<Response>;

/** tus 1.0.0, core protocol: HEAD for the offset, then PATCH by PATCH. */
async function sendByTus(ticket: TusTicket, bytes: Uint8Array<ArrayBuffer>, send: Send): Promise<void> {
  const { chunk, url } = ticket;
  const head = await send(new Request(url, { method: 'HEAD', headers: TUS_HEADERS }));
  const size = Math.min(chunk.maxBytes, Math.max(chunk.minBytes, DEFAULT_CHUNK_BYTES));
  const chunkBytes = Math.max(chunk.multipleOf, Math.floor(size / chunk.multipleOf) * chunk.multipleOf);
  let offset = Number(head.headers.get('Upload-Offset'));
  while (offset < bytes.length) {
    const headers = {
      ...TUS_HEADERS,
      'Content-Type': 'application/offset+octet-stream',
      'Upload-Offset': String(offset),
    };
    const body = bytes.slice(offset, offset + chunkBytes);
    const answer = await send(new Request(url, { method: 'PATCH', headers, body }));
    const next = Number(answer.headers.get('Upload-Offset'));
    if (!(next > offset)) throw new SendRefusedError(answer.status);
    offset = next;
  }
}

async function sendByPost(
  ticket: PostTicket,
  bytes: Uint8Array<ArrayBuffer>,
  mimeType: string,
  send: Send,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append(ticket.fileField, new Blob([bytes], { type: mimeType }), 'video');
  await send(new Request(ticket.url, { method: 'POST', body: form }));
}

async function sendInParts(
  ticket: { readonly partSizeBytes: number; readonly partCount: number },
  bytes: Uint8Array<ArrayBuffer>,
  signParts: (partNumbers: readonly number[]) => Promise<readonly SignedPart[]>,
  send: Send,
): Promise<void> {
  for (let first = 1; first <= ticket.partCount; first += 100) {
    const count = Math.min(100, ticket.partCount - first + 1);
    for (const part of await signParts(Array.from({ length: count }, (_, index) => first + index))) {
      const start = (part.partNumber - 1) * ticket.partSizeBytes;
      // The last part takes all remaining bytes: a file that is too long must be refused by the storage, not here.
      const end = part.partNumber === ticket.partCount ? bytes.length : start + ticket.partSizeBytes;
      await send(new Request(part.url, { method: 'PUT', headers: part.headers, body: bytes.slice(start, end) }));
    }
  }
}
