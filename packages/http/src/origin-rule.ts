/** Methods that change nothing. No route answers `OPTIONS`, for which `allowsPreflight` decides. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const ALLOWED_HEADERS = ['Content-Type', 'Idempotency-Key', 'Authorization'] as const;
/** The name of a header, RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const EXPOSED_HEADERS = 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy';
const MAX_AGE_SECONDS = 600;

/**
 * Which pages may change state. Origins are compared as text, as browsers write them (RFC 6454, section 6.2): another
 * scheme, port, case, or a dot at the end is another origin, and `null` is not an origin.
 */
export class OriginRule {
  /** Never null: a request without an `Origin` matches no list. */
  readonly #allowed: ReadonlySet<string | null>;

  /** Allowed origins in addition to the host app's own. */
  constructor(allowedOrigins: readonly string[]) {
    this.#allowed = new Set(allowedOrigins);
  }

  /**
   * Whether the request may be carried out. The browser itself sets `Sec-Fetch-Site`, which is also correct behind a proxy
   * that terminates TLS; a browser without it sends `Origin`; a caller without both is not a browser, so no user's cookies
   * can be abused.
   */
  allows(request: Request): boolean {
    if (SAFE_METHODS.has(request.method)) return true;
    const { headers } = request;
    const origin = headers.get('origin');
    if (this.#allowed.has(origin)) return true;
    const site = headers.get('sec-fetch-site');
    if (site !== null) return site === 'same-origin' || site === 'none';
    return origin === null || origin === new URL(request.url).origin;
  }

  /** Whether a preflight of this page is answered. */
  allowsPreflight(request: Request): boolean {
    return this.#allowed.has(request.headers.get('origin'));
  }

  /** The headers that let an allowed page of another origin read the answer. */
  describe(request: Request): readonly (readonly [string, string])[] {
    if (this.#allowed.size === 0) return [];
    const origin = request.headers.get('origin') ?? '';
    if (!this.#allowed.has(origin)) return [['Vary', 'Origin']];
    return [
      ['Vary', 'Origin'],
      ['Access-Control-Allow-Origin', origin],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Access-Control-Expose-Headers', EXPOSED_HEADERS],
    ];
  }

  /**
   * The answer to a preflight. It allows any requested header: only the host app knows its own headers, such as the token of
   * a session.
   */
  preflightHeaders({ headers }: Request, methods: string): Readonly<Record<string, string>> {
    const asked = (headers.get('access-control-request-headers') ?? '').split(',').map((name) => name.trim());
    return {
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': [...ALLOWED_HEADERS, ...asked.filter((name) => HEADER_NAME.test(name))].join(
        ', ',
      ),
      'Access-Control-Max-Age': String(MAX_AGE_SECONDS),
    };
  }
}
