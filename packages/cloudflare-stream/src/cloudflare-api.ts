import { BackendError, type Clock, createScrubber, type Secret } from '@videostorage/core';
import { type ApiAllowance, parseApiAllowance } from './api-allowance.ts';
import { NOT_FOUND_CODE, toCloudflareError } from './cloudflare-error.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { HttpAnswer, HttpRequest, HttpSend } from './http/http-send.ts';
import type { ProviderTime } from './provider-time.ts';

/** Where the API is, and the account and token of the requests. */
export interface CloudflareApiOptions {
  readonly send: HttpSend;
  readonly apiOrigin: string;
  readonly accountId: string;
  readonly apiToken: Secret;
  readonly clock: Clock;
  /** Reads the `Date` of every answer. */
  readonly providerTime: ProviderTime;
}

/** One call. */
export interface ApiCall {
  readonly method: HttpRequest['method'];
  /** Below `/accounts/{id}/stream`, for instance `/direct_upload`. */
  readonly path: string;
  readonly body?: object | FormData | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether it creates a video: then a 429 without `Retry-After` means that the account is full. Default false. */
  readonly needsRoom?: boolean | undefined;
}

/** HTTP of Cloudflare Stream: bearer, envelope, errors. No policy. */
export class CloudflareApi {
  readonly #options: CloudflareApiOptions;
  readonly #scrub: (text: string) => string;
  #allowance: ApiAllowance | undefined;

  constructor(options: CloudflareApiOptions) {
    this.#options = options;
    this.#scrub = createScrubber([options.apiToken]);
  }

  /** The last `Ratelimit` header; undefined before the first answer that has one. */
  get allowance(): ApiAllowance | undefined {
    return this.#allowance;
  }

  /** The result of a call; undefined for the API's own "not found" (10003). @throws {BackendError} */
  async call(call: ApiCall): Promise<unknown> {
    const answer = await this.#ask(call);
    const envelope = readEnvelope(answer);
    if (envelope !== undefined) this.#learn(answer);
    if (isNotFound(answer, envelope)) return undefined;
    // A delete may answer without any body.
    if (call.method === 'DELETE' && answer.status < 300 && answer.text === '') return null;
    if (answer.status < 300 && envelope?.success === true) return envelope.result ?? null;
    throw this.#refusal(answer, envelope, call);
  }

  /** The same, where "not found" is a refusal. @throws {BackendError} */
  async require(call: ApiCall): Promise<unknown> {
    const result = await this.call(call);
    if (result !== undefined) return result;
    throw new BackendError('BACKEND_REFUSED', 'Cloudflare does not have the requested resource; check `accountId`.', {
      status: 404,
      backendName: 'cloudflare-stream',
    });
  }

  /** The bare answer of a creation by tus, which is not wrapped in an envelope. @throws {BackendError} */
  async send(call: ApiCall): Promise<HttpAnswer> {
    const answer = await this.#ask(call);
    if (answer.header('stream-media-id') !== undefined || readEnvelope(answer) !== undefined) this.#learn(answer);
    return answer;
  }

  #ask(call: ApiCall): Promise<HttpAnswer> {
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

  /**
   * Reads only answers of Cloudflare itself. This one may be a page of a proxy, by whose clock new grants could already have
   * expired.
   */
  #learn(answer: HttpAnswer): void {
    const { clock, providerTime } = this.#options;
    providerTime.observe(answer);
    this.#allowance = parseApiAllowance(answer.header('ratelimit'), clock.now()) ?? this.#allowance;
  }

  /** The error for a refusal that `send` returned. */
  refusal(answer: HttpAnswer, call: Pick<ApiCall, 'needsRoom'>): BackendError {
    return this.#refusal(answer, readEnvelope(answer), call);
  }

  #refusal(answer: HttpAnswer, envelope: Envelope | undefined, { needsRoom = false }: Pick<ApiCall, 'needsRoom'>) {
    const nowMs = this.#options.providerTime.now();
    return toCloudflareError(answer, envelope, { needsRoom, nowMs, scrub: this.#scrub });
  }
}

/** Only Stream's own code says so: a 404 of a proxy, or of the API's router for a wrong account, proves nothing. */
function isNotFound({ status }: HttpAnswer, envelope: Envelope | undefined): boolean {
  return status >= 400 && envelope?.success === false && envelope.errors.some(({ code }) => code === NOT_FOUND_CODE);
}
