import { request } from 'node:http';

/** The answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** Status and `<Code>` of an XML body, for instance `404 NoSuchKey`. */
  readonly outcome: string;
}

/**
 * Sends one request; unlike with `fetch`, the path is sent unchanged, and any header may be sent. Rejects when the connection
 * breaks.
 */
export function sendRaw(
  origin: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const size = Buffer.byteLength(body);
  const hasBody = (size > 0 || method === 'PUT' || method === 'POST') && !('transfer-encoding' in headers);
  const length = hasBody ? { 'content-length': String(size) } : {};
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        const status = response.statusCode ?? 0;
        const [, code] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
        const outcome = code === undefined ? String(status) : `${status} ${code}`;
        resolve({ status, headers: response.headers, bytes, text, outcome });
      });
    });
    sent.end(body);
  });
}

/** The text of the first element of a name. */
export function elementText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

/** The texts of all elements of a name. */
export function elementTexts(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);
}
