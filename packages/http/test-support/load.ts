import { Agent, type RequestListener, request as send } from 'node:http';
import type { Actor, VideoService } from '@videostorage/service';

const REQUESTS = 400;
const PARALLEL = 8;
const ROUNDS = 9;

const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });

/** The student of every request. */
export const student: Actor = { userId: 'ada', roles: ['student'] };

/** The file of every upload that is created. */
export const filmOfLoad = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 1_000_000 };

/** The same two routes over the same service with only the necessary code: no checks, limits or headers. */
export function bareListener(service: VideoService): RequestListener {
  return async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const [, , , , id = ''] = request.url?.split('/') ?? [];
    const isUpload = request.url === '/api/video/uploads';
    const answer = isUpload
      ? await service.getUploadUrl(student, body)
      : await service.getPlaybackUrl(student, id, body);
    response.writeHead(isUpload ? 201 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  };
}

/** Sends one request, and rejects unless its answer has one of the statuses. */
export function request(
  port: number,
  {
    method,
    path,
    body,
    status,
  }: { method: string; path: string; body?: string | undefined; status: readonly number[] },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = send({ agent, host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume().on('error', reject);
      response.on('end', () => {
        if (status.includes(response.statusCode ?? 0)) resolve();
        else reject(new Error(`${method} ${path} was answered with ${response.statusCode}.`));
      });
    });
    sent.on('error', reject).end(body);
  });
}

/** Runs `work` this many times, eight at a time. */
export async function inParallel(times: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < times; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Requests a second. */
async function rate(port: number, path: string, body: string): Promise<number> {
  const startedAt = performance.now();
  await inParallel(REQUESTS, () => request(port, { method: 'POST', path, body, status: [200, 201] }));
  return (REQUESTS * 1000) / (performance.now() - startedAt);
}

/**
 * Sends POST requests to both ports in turns, so that other load of the machine affects both; prints and resolves with the
 * median ratio.
 */
export async function compareRates(
  name: string,
  ports: { readonly ours: number; readonly bare: number },
  path: string,
  body: string,
): Promise<number> {
  const rounds: { readonly ours: number; readonly bare: number; readonly ratio: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [first, second] = round % 2 === 0 ? [ports.ours, ports.bare] : [ports.bare, ports.ours];
    const [one, other] = [await rate(first, path, body), await rate(second, path, body)];
    const [ours, bare] = round % 2 === 0 ? [one, other] : [other, one];
    // The first round warms up.
    if (round > 0) rounds.push({ ours, bare, ratio: ours / bare });
  }
  const middle = rounds.sort((one, other) => one.ratio - other.ratio)[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new Error('There was no round.');
  console.log(
    `${name}: ${Math.round(middle.ours)}/s through /node, ${Math.round(middle.bare)}/s bare, ratio ${middle.ratio.toFixed(2)}`,
  );
  return middle.ratio;
}

/** Closes the connections of all requests. */
export function endConnections(): void {
  agent.destroy();
}
