/** Sentences that say no more than the status does. */
const SENTENCES: Readonly<Record<number, string>> = {
  403: 'This link is not valid, or not any more.',
  404: 'There is nothing here.',
  405: 'This cannot be done here.',
  409: 'This upload is finished.',
  410: 'The time for this upload is over.',
  412: 'The video is not the one that was meant.',
  416: 'The video does not have this part.',
  500: 'Something went wrong.',
  502: 'The storage cannot be used.',
  503: 'The storage cannot be used right now.',
  507: 'The storage is full.',
};

/** A refusal in plain words, by default those of its status; never to be cached. */
export function refuse(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  sentence: string | undefined = SENTENCES[status],
): Response {
  return new Response(sentence ?? null, {
    status,
    headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  });
}
