import { parseObjectVideoId } from '@videostorage/core';
import { isUploadId } from './folder-layout.ts';

/** What a URL of this storage leads to. */
export type RequestTarget =
  | { readonly kind: 'upload'; readonly uploadId: string; readonly query: URLSearchParams }
  | { readonly kind: 'video'; readonly videoId: string; readonly query: URLSearchParams };

const PATH = /^\/(uploads|videos)\/([^/]{1,200})$/;

/**
 * Reads a URL: below the base path, or below the root when the host's router took the base path off. Percent signs are decoded
 * once, and what is no id then leads nowhere. Total on any text.
 */
export function readTarget(url: string, basePath: string): RequestTarget | undefined {
  if (!URL.canParse(url)) return undefined;
  const { pathname, searchParams: query } = new URL(url);
  const [, folder, segment] = PATH.exec(withoutBase(pathname, basePath)) ?? [];
  const id = segment === undefined ? undefined : decode(segment);
  if (id === undefined) return undefined;
  if (folder === 'uploads') return isUploadId(id) ? { kind: 'upload', uploadId: id, query } : undefined;
  return parseObjectVideoId(id) === undefined ? undefined : { kind: 'video', videoId: id, query };
}

/** Whether the path is one that this storage answers, known or not. */
export function isOwnPath(url: string, basePath: string): boolean {
  return URL.canParse(url) && /^\/(uploads|videos)\//.test(withoutBase(new URL(url).pathname, basePath));
}

function withoutBase(pathname: string, basePath: string): string {
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : pathname;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
