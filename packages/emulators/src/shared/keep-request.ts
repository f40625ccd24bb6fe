/** How many requests an emulator keeps: one that runs for days must not grow for days. */
export const MAX_KEPT_REQUESTS = 10_000;

/** Adds a line to the requests of an emulator, oldest first; beyond `MAX_KEPT_REQUESTS` the oldest one is dropped. */
export function keepRequest(requests: string[], line: string): void {
  requests.push(line);
  if (requests.length > MAX_KEPT_REQUESTS) requests.shift();
}
