import { BackendError, type Clock, type Secret } from '@videostorage/core';
import { NOT_FOUND_CODE, toCloudflareError } from './cloudflare-error.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { HttpAnswer, HttpRequest, HttpSend } from './http/http-send.ts';

/** Where the API is, and who asks. */
export interface CloudflareApiOptions {
  readonly send: HttpSend;
  readonly apiOrigin: string;
  readonly accountId: string;
  readonly apiToken: Secret;
  readonly clock: Clock;
}

/** One call. */
export interface ApiCall {
  readonly method: HttpRequest['method'];
  /** Below `/accounts/{id}/stream`, for instance `/direct_upload`. */
  readonly path: string;
  readonly body?: object | FormData | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** HTTP of Cloudflare Stream: bearer, envelope, errors. No policy. */
export class CloudflareApi {
  readonly #options: CloudflareApiOptions;

  constructor(options: CloudflareApiOptions) {
    this.#options = options;
  }

  /** The result of a call; undefined for a 404 that the API itself sent. @throws {BackendError} */
  async call(call: ApiCall): Promise<unknown> {
    const answer = await this.send(call);
    const envelope = readEnvelope(answer);
    if (isNotFound(answer, envelope)) return undefined;
    // A delete may answer without any body.
    if (call.method === 'DELETE' && answer.status < 300 && answer.text === '') return null;
    if (answer.status < 300 && envelope?.success === true) return envelope.result ?? null;
    throw toCloudflareError(answer, envelope, this.#options.clock.now());
  }

  /** The same, where a 404 is a refusal. @throws {BackendError} */
  async require(call: ApiCall): Promise<unknown> {
    const result = await this.call(call);
    if (result !== undefined) return result;
    throw new BackendError('BACKEND_REFUSED', 'Cloudflare knows nothing of this; is `accountId` right?', {
      status: 404,
      backendName: 'cloudflare-stream',
    });
  }

  /** The bare answer, for calls that are not wrapped in an envelope. @throws {BackendError} */
  async send(call: ApiCall): Promise<HttpAnswer> {
    const { send, apiOrigin, accountId, apiToken } = this.#options;
    const isForm = call.body instanceof FormData;
    return send({
      method: call.method,
      url: `${apiOrigin}/client/v4/accounts/${accountId}/stream${call.path}`,
      headers: {
        authorization: `Bearer ${new TextDecoder().decode(apiToken.reveal())}`,
        accept: 'application/json',
        ...(call.body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      body: call.body === undefined || call.body instanceof FormData ? call.body : JSON.stringify(call.body),
      signal: call.signal,
    });
  }

  /** For refusals of bare answers. */
  refusal(answer: HttpAnswer): BackendError {
    return toCloudflareError(answer, readEnvelope(answer), this.#options.clock.now());
  }
}

/** Only the API itself can say so: a proxy's 404 proves nothing. */
function isNotFound({ status }: HttpAnswer, envelope: Envelope | undefined): boolean {
  if (envelope?.success !== false) return false;
  return status === 404 || (status >= 400 && envelope.errors.some((error) => error.code === NOT_FOUND_CODE));
}
