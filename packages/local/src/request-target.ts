import { parseObjectVideoId } from '@videostorage/core';
import { parseSentFile, type SentFile } from './sent-file.ts';

/** What a URL of this storage leads to. */
export type RequestTarget =
  | { readonly kind: 'upload'; readonly file: SentFile; readonly query: URLSearchParams }
  | { readonly kind: 'video'; readonly videoId: string; readonly query: URLSearchParams };

const PATH = /^\/(uploads|videos)\/([^/]{1,200})$/;

/**
 * Reads a URL: below the base path, or below the root when the host app's router took the base path off. Percent signs are
 * decoded once, and what is not an id then leads nowhere. Never throws.
 */
export function readTarget(url: string, basePath: string): RequestTarget | undefined {
  if (!URL.canParse(url)) return undefined;
  const { pathname, searchParams: query } = new URL(url);
  // First the path as it is: the base path may itself be called /videos or /uploads, and the router may already have removed
  // it.
  return readPath(pathname, query) ?? readPath(pathBelow(pathname, basePath), query);
}

/**
 * Whether the path is one that this storage answers: below the base path known or not, elsewhere only one that leads to an upload
 * or a video, since the host app may have a path of the same beginning.
 */
export function isOwnPath(url: string, basePath: string): boolean {
  if (!URL.canParse(url)) return false;
  const below = pathBelow(new URL(url).pathname, basePath);
  return /^\/(uploads|videos)\//.test(below) || readTarget(url, basePath) !== undefined;
}

function readPath(path: string, query: URLSearchParams): RequestTarget | undefined {
  const [, folder, segment] = PATH.exec(path) ?? [];
  const id = segment === undefined ? undefined : decode(segment);
  if (id === undefined) return undefined;
  if (folder === 'uploads') {
    const file = parseSentFile(id);
    return file && { kind: 'upload', file, query };
  }
  return parseObjectVideoId(id) === undefined ? undefined : { kind: 'video', videoId: id, query };
}

/** Empty for a path that is not below. */
function pathBelow(pathname: string, basePath: string): string {
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : '';
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
