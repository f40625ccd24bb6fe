import { type Answer, http } from './fault-server.ts';

/** One way in which every answer goes wrong, and the error that it must lead to. */
export interface ApiFault {
  readonly name: string;
  /** What the server does with a request; absent when no connection is made. */
  readonly answer?: Answer | undefined;
  /** Where the storage sends its requests. Default: the server that simulates the fault. */
  readonly target?: 'closed-port' | 'unknown-host' | 'untrusted' | 'plain-as-tls' | undefined;
  readonly code: string;
  /** The error of a creation with this answer, when that differs. */
  readonly ofCreation?: { readonly code: string; readonly kind: ApiFault['kind'] } | undefined;
  /** `transient`: the work may have been done · `not-sent`: it certainly was not · `permanent`: repeating does not help. */
  readonly kind: 'transient' | 'not-sent' | 'permanent';
}

const failure = (code: number, message: string) =>
  JSON.stringify({ result: null, success: false, errors: [{ code, message }], messages: null });
const FULL = { code: 'BACKEND_FULL', kind: 'permanent' } as const;
const UNAVAILABLE = 'BACKEND_UNAVAILABLE';
const BAD = 'BACKEND_BAD_RESPONSE';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PAGE = '<html><body>Sign in to the network</body></html>';
const START = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const statuses = (codes: readonly number[], code: string, kind: ApiFault['kind']): readonly ApiFault[] =>
  codes.map((status) => ({ name: `${status}`, answer: http(status, failure(1, 'x'), JSON_TYPE), code, kind }));

/** Wrong answers that an API over HTTP may give, and every way in which a connection to it fails. */
export const apiFaults: readonly ApiFault[] = [
  ...statuses([500, 502, 503, 504, 408, 425], UNAVAILABLE, 'transient'),
  ...statuses([400, 401, 403, 405, 409, 410, 415, 422, 501, 505], 'BACKEND_REFUSED', 'permanent'),
  ...statuses([300, 301, 302, 307], BAD, 'transient'),
  { name: '500 without a body', answer: http(500, ''), code: UNAVAILABLE, kind: 'transient' },
  {
    name: '502 with a page',
    answer: http(502, PAGE, { 'Content-Type': 'text/html' }),
    code: UNAVAILABLE,
    kind: 'transient',
  },
  {
    name: '404 with a page',
    answer: http(404, PAGE, { 'Content-Type': 'text/html' }),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
  },
  {
    name: '404 / 10003 that calls itself a success',
    answer: http(404, '{"result":null,"success":true,"errors":[{"code":10003,"message":"Not Found"}],"messages":[]}'),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
  },
  {
    name: '404 / 7003 of the router',
    answer: http(404, failure(7003, 'Could not route to the requested path')),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
  },
  {
    name: '404 / 7000 of the router',
    answer: http(404, failure(7000, 'No route for that URI')),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
  },
  {
    name: '429',
    answer: http(429, failure(10429, 'Rate limited')),
    code: 'BACKEND_THROTTLED',
    kind: 'not-sent',
    ofCreation: FULL,
  },
  {
    name: '429, again at once',
    answer: http(429, failure(10429, 'Rate limited'), { 'Retry-After': '0' }),
    code: 'BACKEND_THROTTLED',
    kind: 'not-sent',
  },
  {
    name: '429, again after garbage',
    answer: http(429, '', { 'Retry-After': '-5 soon' }),
    code: 'BACKEND_THROTTLED',
    kind: 'not-sent',
    ofCreation: FULL,
  },
  {
    name: '429, blocked for five minutes',
    answer: http(429, '', { 'Retry-After': '300' }),
    code: 'BACKEND_THROTTLED',
    kind: 'permanent',
  },
  {
    name: '429, 120 videos encoding',
    answer: http(429, failure(10429, '120 videos are queued or encoding')),
    code: 'BACKEND_THROTTLED',
    kind: 'not-sent',
    ofCreation: FULL,
  },
  {
    name: '413',
    answer: http(413, failure(1, 'x')),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
    ofCreation: FULL,
  },
  {
    name: '413 / 10011',
    answer: http(413, failure(10011, 'Storage capacity exceeded')),
    code: 'BACKEND_FULL',
    kind: 'permanent',
  },
  {
    name: '403 / 10002',
    answer: http(403, failure(10002, 'Not authorized')),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
  },
  { name: '200 with a page', answer: http(200, PAGE, { 'Content-Type': 'text/html' }), code: BAD, kind: 'transient' },
  {
    name: '200 with half of its JSON',
    answer: http(200, '{"success":true,"result":{"uid":"'),
    code: BAD,
    kind: 'transient',
  },
  { name: '200 with success: false', answer: http(200, failure(1, 'x')), code: BAD, kind: 'transient' },
  {
    name: '200 with success: false, not found',
    answer: http(200, failure(10003, 'Not Found')),
    code: BAD,
    kind: 'transient',
  },
  { name: '200 with JSON that is no envelope', answer: http(200, '[1,2]'), code: BAD, kind: 'transient' },
  {
    name: '200 with a body that its Content-Encoding does not fit',
    answer: http(200, '\u001f\u008b garbage', { 'Content-Encoding': 'gzip' }),
    code: BAD,
    kind: 'transient',
  },
  { name: 'reset before headers', answer: (socket) => socket.resetAndDestroy(), code: UNAVAILABLE, kind: 'transient' },
  { name: 'end before headers', answer: (socket) => void socket.end(), code: UNAVAILABLE, kind: 'transient' },
  {
    name: 'reset within headers',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\nA: ', () => socket.resetAndDestroy()),
    code: UNAVAILABLE,
    kind: 'transient',
  },
  {
    name: 'reset within the body',
    answer: (socket) => socket.write(`${START}Content-Length: 99\r\n\r\n{"success":`, () => socket.resetAndDestroy()),
    code: UNAVAILABLE,
    kind: 'transient',
  },
  {
    name: 'end within the body',
    answer: (socket) => void socket.end(`${START}Content-Length: 99\r\n\r\n{"success":`),
    code: UNAVAILABLE,
    kind: 'transient',
  },
  {
    name: 'chunks without an end',
    answer: (socket) => void socket.end(`${START}Transfer-Encoding: chunked\r\n\r\n5\r\n{"suc\r\n`),
    code: UNAVAILABLE,
    kind: 'transient',
  },
  { name: 'not HTTP', answer: (socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'), code: BAD, kind: 'transient' },
  {
    name: 'a header of 64 KB',
    answer: http(200, '{}', { 'X-Long': 'x'.repeat(65_536) }),
    code: BAD,
    kind: 'transient',
  },
  { name: 'a closed port', target: 'closed-port', code: UNAVAILABLE, kind: 'not-sent' },
  { name: 'an unknown host', target: 'unknown-host', code: UNAVAILABLE, kind: 'not-sent' },
  { name: 'an untrusted certificate', target: 'untrusted', code: 'BACKEND_REFUSED', kind: 'permanent' },
  {
    name: 'plain HTTP where TLS is spoken',
    target: 'plain-as-tls',
    answer: http(400, ''),
    code: 'BACKEND_REFUSED',
    kind: 'permanent',
  },
  { name: 'no answer', answer: () => {}, code: 'TIMEOUT', kind: 'permanent' },
  {
    name: 'one byte, then nothing',
    answer: (socket) => void socket.write(`${START}Content-Length: 99\r\n\r\n{`),
    code: 'TIMEOUT',
    kind: 'permanent',
  },
];
