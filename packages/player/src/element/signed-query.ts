import type { Playback } from '@videostorage/core';

/**
 * A request's URL with the query of the newest grant, when it lies below the grant's scope; unchanged else, so that no other
 * host gets to see the signature. An earlier grant's parameters of the same names are replaced, all others stay.
 */
export function withSignedQuery(url: string, playback: Playback): string {
  if (playback.access !== 'query' || !isBelow(url, playback.scopeUrl)) return url;
  const [address = '', hash = ''] = splitAt(url, '#');
  const [path = '', query = ''] = splitAt(address, '?');
  const signed = playback.signedQuery.split('&');
  const names = new Set(signed.map(nameOf));
  const kept = query === '' ? [] : query.split('&').filter((parameter) => !names.has(nameOf(parameter)));
  // Concatenated as text: `URLSearchParams` would encode the signature differently.
  return `${path}?${[...kept, ...signed].join('&')}${hash === '' ? '' : `#${hash}`}`;
}

/** Compared as parsed URLs, so that `..` or another spelling of the host cannot lead out of the scope or into it. */
function isBelow(url: string, scopeUrl: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(scopeUrl)) return false;
  const [asked, scope] = [new URL(url), new URL(scopeUrl)];
  return asked.origin === scope.origin && asked.pathname.startsWith(scope.pathname);
}

function splitAt(text: string, mark: string): readonly string[] {
  const index = text.indexOf(mark);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function nameOf(parameter: string): string {
  return parameter.split('=')[0] ?? '';
}
