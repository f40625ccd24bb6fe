import { maskAfter, spanOf } from './mask-after.ts';

const AUTHORITY = /:\/\/|:\\\/\\\//g;
/** Up to the last `@` before path, query or fragment (RFC 3986 §3.2.1). */
const USER_INFO = /[^\s/?#"'<>\\]*@/y;
const ENCODED_AUTHORITY = /%3a%2f%2f/gi;
const ENCODED_USER_INFO = /(?:[^\s/?#&"'<>\\%]|%(?:[013-9a-f][0-9a-f]|2[0-9a-e]))*%40/iy;

/** Masks user and password of URLs: plain, JSON-escaped and percent-encoded. */
export function maskUserInfo(text: string): string {
  const masked = maskAfter(text, AUTHORITY, (start) => ({
    start,
    end: spanOf(USER_INFO, text, start).end - '@'.length,
  }));
  return maskAfter(masked, ENCODED_AUTHORITY, (start) => ({
    start,
    end: spanOf(ENCODED_USER_INFO, masked, start).end - '%40'.length,
  }));
}
