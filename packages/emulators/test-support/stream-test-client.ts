/** The origin and the credentials of an emulator. */
export interface StreamAccess {
  readonly apiOrigin: string;
  readonly accountId: string;
  readonly apiToken: string;
}

/** An answer of the API, with its body unchanged. */
export interface StreamAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly success: boolean;
    readonly result: Record<string, unknown>;
    readonly errors: { readonly code: number; readonly message: string }[];
  };
}

/** The REST API over real HTTP, as a test needs it. */
export class StreamTestClient {
  readonly #access: StreamAccess;

  constructor(access: StreamAccess) {
    this.#access = access;
  }

  /** Address of a path below `/stream`. */
  url(path: string): string {
    const { apiOrigin, accountId } = this.#access;
    return `${apiOrigin}/client/v4/accounts/${accountId}/stream${path}`;
  }

  get authorization(): { readonly Authorization: string } {
    return { Authorization: `Bearer ${this.#access.apiToken}` };
  }

  async api(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<StreamAnswer> {
    const response = await fetch(this.url(path), {
      method,
      headers: { ...this.authorization, ...headers },
      ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text === '' ? '{}' : text) };
  }

  /** Creates the link of a basic upload. */
  async createUpload(settings: Readonly<Record<string, unknown>> = {}): Promise<{ uploadURL: string; uid: string }> {
    const { body } = await this.api('POST', '/direct_upload', { maxDurationSeconds: 60, ...settings });
    return { uploadURL: String(body.result['uploadURL']), uid: String(body.result['uid']) };
  }

  /** Sends a form, as a browser would. */
  async send(uploadURL: unknown, file: Blob, field = 'file'): Promise<number> {
    const form = new FormData();
    form.set(field, file, 'lesson.mp4');
    const response = await fetch(String(uploadURL), { method: 'POST', body: form });
    await response.arrayBuffer();
    return response.status;
  }

  /** Creates a video whose bytes have arrived. */
  async upload(file: Blob, settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { uploadURL, uid } = await this.createUpload(settings);
    const status = await this.send(uploadURL, file);
    if (status !== 200) throw new Error(`The upload was answered with ${status}.`);
    return uid;
  }

  /** Creates the link of a tus upload. */
  async createTus(
    lengthBytes: number,
    metadata: Readonly<Record<string, string | null>> = {},
    { query = '?direct_user=true', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const pairs = Object.entries(metadata).map(([key, value]) =>
      value === null ? key : `${key} ${Buffer.from(value).toString('base64')}`,
    );
    return fetch(this.url(query), {
      method: 'POST',
      headers: {
        ...this.authorization,
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(lengthBytes),
        ...(pairs.length > 0 && { 'Upload-Metadata': pairs.join(',') }),
        ...headers,
      },
    });
  }
}
