import { seededRandom } from '@videostorage/testing';

/** A request with hostile intent. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

const METHODS = [
  ...['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT', 'get', 'PROPFIND', 'QUERY', 'M-SEARCH', '__proto__'],
];
const PLACES = ['uploads', 'videos', 'webhooks', 'health', 'openapi.json', 'parts', 'confirm', 'playback', 'media'];
const PIECES = [
  ...[
    '..',
    '.',
    '%2e%2e',
    '%2e%2e%2f',
    '..%5c',
    '%',
    '%00',
    '%zz',
    '%c0%ae',
    '%ff',
    '',
    ' ',
    '\\',
    ';',
    '$',
    '*',
    ':id',
    '{id}',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'memory',
    'local',
    "' OR 1=1--",
    '<script>',
    '{{7*7}}',
    'é',
    '\u202e',
    '😀',
  ],
  ...[
    '0'.repeat(32),
    'f'.repeat(32),
    'F'.repeat(32),
    '0'.repeat(31),
    '-1',
    '1e9',
    'x'.repeat(3000),
    'null',
    'undefined',
    '[]',
  ],
];
const QUERIES = [
  ...[
    '',
    '?',
    '?limit=1',
    '?limit=-1',
    '?limit=1&limit=2',
    '?cursor=AAAA',
    '?cursor=%FF',
    '?status=ready',
    '?status=__proto__',
  ],
  ...['?__proto__[a]=1', '?a=%', `?x=${'y'.repeat(5000)}`, '?expires=1&signature=x', '?userId=\0', '#', '?#', '??'],
];
const TYPES = [
  ...[
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    '',
    'application/json;'.repeat(50),
    '*/*',
    'é',
  ],
  ...[
    'multipart/form-data; boundary=a',
    'application/x-www-form-urlencoded',
    'application/offset+octet-stream',
    '/',
    ';',
  ],
];
const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    'origin',
    ['null', 'https://evil.example', 'https://school.example', 'https://school.example.', '', 'x'.repeat(9000)],
  ],
  ['sec-fetch-site', ['cross-site', 'same-origin', 'none', 'same-site', '', 'x']],
  ['content-encoding', ['gzip', 'br', 'identity', 'gzip, gzip', 'x']],
  ['idempotency-key', ['k', '', ' ', 'x'.repeat(200), 'é', '__proto__']],
  ['x-user', ['', 'ada', 'b/teacher', 'x'.repeat(500), '__proto__', 'é', '//']],
  ['range', ['bytes=0-', 'bytes=-1', 'bytes=9-1', 'bytes=0-0,1-1', 'lines=1', `bytes=${'0-0,'.repeat(500)}`]],
  ['tus-resumable', ['1.0.0', '9', '']],
  ['upload-offset', ['0', '-1', 'NaN', '99999999999999999999']],
  ['x-http-method-override', ['PATCH', 'DELETE', 'GET', '__proto__']],
  ['if-none-match', ['*', '""', 'W/"x"', 'x'.repeat(2000)]],
  ['x-forwarded-host', ['evil.example']],
  ['cookie', ['a=b', ';;;=', `a=${'x'.repeat(4000)}`]],
  ['expect', ['100-continue']],
];
const TEXTS = [
  ...[
    '',
    '{',
    '{}',
    '[]',
    'null',
    '"x"',
    '1',
    '1e999',
    '{"a":',
    '{"__proto__":{"isAdmin":true}}',
    '\0',
    '\ufeff{}',
    '{}{}',
  ],
  ...[
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`,
    'x'.repeat(70_000),
  ],
];
const VALUES: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    '',
    'film.mp4',
    '../x.mp4',
    'x'.repeat(5000),
    '\u202egpj.mp4',
    '\ud800',
    [],
  ],
  ...[{}, { a: 1 }, { constructor: 'x' }, ['a'], 'video/mp4', 'text/html', 100_000, Number.MAX_SAFE_INTEGER, '2'],
];
/** Bodies of the right shape; the last two have wrong values. */
const WELL_FORMED = [
  { fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' },
  { fileName: 'film.mp4', sizeBytes: -1, mimeType: 'video/mp4' },
  { fileName: '../film.exe', sizeBytes: 1000, mimeType: 'text/html' },
].map((body) => JSON.stringify(body));
const MEMBERS = [
  ...[
    'fileName',
    'sizeBytes',
    'mimeType',
    'contextId',
    'maxDurationSeconds',
    'custom',
    'submissionId',
    'durationSeconds',
  ],
  ...['partNumbers', 'kind', 'userId', 'tenantId', 'uploadId', 'acceptUnverified', 'toJSON', 'length'],
];

/** An endless sequence of requests, the same for the same seed; `ids` are of uploads and videos that exist. */
export function* hostileRequests(seed: number, ids: readonly string[]): Generator<HostileRequest> {
  const random = seededRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const one = <T>(list: readonly T[], otherwise: T): T => list[below(list.length)] ?? otherwise;

  const path = () => {
    if (random() < 0.05) return one(PIECES, '');
    const pieces: string[] = [];
    for (let left = below(4); left >= 0; left--) {
      const kind = random();
      if (kind < 0.4) pieces.push(one(PLACES, ''));
      else if (kind < 0.7) pieces.push(one(ids, ''));
      else pieces.push(one(PIECES, ''));
    }
    const base = random() < 0.95 ? '/api/video/' : one(['/', '//', '/api/', '/api/video', '/media/'], '/');
    return base + pieces.join('/') + one(QUERIES, '');
  };
  const likely = () => {
    const id = one(ids, '');
    return `/api/video${one(['/uploads', `/uploads/${id}`, `/uploads/${id}/parts`, `/uploads/${id}/confirm`, '/videos', `/videos/${id}`, `/videos/${id}/playback`, '/webhooks/memory'], '')}`;
  };
  const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text));
  const body = (): Uint8Array<ArrayBuffer> | undefined => {
    const kind = random();
    if (kind < 0.15) return undefined;
    if (kind < 0.2) return bytes('x'.repeat(70_000));
    if (kind < 0.3) return Uint8Array.from({ length: below(300) }, () => below(256));
    if (kind < 0.5) return bytes(one(TEXTS, ''));
    const members = Array.from({ length: below(6) }, () => [one(MEMBERS, ''), one(VALUES, null)]);
    const base = random() < 0.5 ? { fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' } : {};
    return bytes(JSON.stringify({ ...base, ...Object.fromEntries(members) }));
  };

  for (;;) {
    // Some requests are valid, so that later ones meet uploads and videos in all states.
    if (random() < 0.1) {
      const fields: [string, string][] = [
        ['x-user', 'ada'],
        ['content-type', 'application/json'],
      ];
      yield { method: 'POST', path: '/api/video/uploads', headers: fields, body: bytes(one(WELL_FORMED, '')) };
      continue;
    }
    const headers: [string, string][] = [];
    if (random() < 0.8) headers.push(['x-user', one(['ada', 'b/teacher'], 'ada')]);
    if (random() < 0.85) headers.push(['content-type', random() < 0.7 ? 'application/json' : one(TYPES, '')]);
    for (let left = below(4); left > 0; left--) {
      const [name, values] = one(HEADERS, ['x-none', ['']]);
      if (name !== 'x-user' || !headers.some(([known]) => known === name)) headers.push([name, one(values, '')]);
    }
    if (random() < 0.02) for (let left = 0; left < 120; left++) headers.push([`x-${left}`, 'x']);
    const method = random() < 0.85 ? one(METHODS.slice(0, 6), 'GET') : one(METHODS, 'GET');
    yield { method, path: random() < 0.5 ? path() : likely(), headers, body: body() };
  }
}
