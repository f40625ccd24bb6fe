import { maskAfter, spanOf } from './mask-after.ts';
import { REDACTED } from './redacted.ts';

const SCHEME = /(bearer|basic)([ \t]{1,8}|%20|\+)/gi;
/** The characters of a token (RFC 6750 §2.1), perhaps with the slash escaped as JSON may do. */
const TOKEN = /(?:[A-Za-z0-9._~+/=%-]|\\\/)+/y;
/** The same percent-encoded; stops where a space is encoded. */
const ENCODED_TOKEN = /(?:[A-Za-z0-9._~/=-]|%(?:[013-9a-f][0-9a-f]|2[1-9a-f]))+/iy;
/** Words of prose that follow `bearer`: no credential is as short, or one of these. */
const PROSE = /^(?:[A-Za-z]?[a-z]{0,6}|authentication|authorization|credentials?)[.]?$/;
const DOTTED_RUN = /[A-Za-z0-9_.-]+/g;
/** `{"` in base64url begins each header of a JWT (RFC 7519 §3); the shortest header is longer than this. */
const JWT_BEGIN = 'eyJ';
const MIN_JWT_HEADER_LENGTH = 15;
const ACCESS_KEY_ID = /A[KS]IA[A-Z0-9]{16}/g;
const PRIVATE_KEY_BEGIN = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/g;
const PRIVATE_KEY_END = '-----END ';

/** Masks credentials that are recognised by their shape: bearer and basic tokens, JWTs, AWS access key ids, private keys in PEM. */
export function maskTokens(text: string): string {
  return maskPrivateKeys(maskJwts(maskSchemes(text))).replace(ACCESS_KEY_ID, REDACTED);
}

function maskSchemes(text: string): string {
  return maskAfter(text, SCHEME, (start, [, scheme = '', space = '']) => {
    const span = spanOf(space.trim() === '' ? TOKEN : ENCODED_TOKEN, text, start);
    const token = text.slice(start, span.end);
    const isCredential = scheme.toLowerCase() === 'basic' ? isBasicCredential(token) : !PROSE.test(token);
    return isCredential ? span : undefined;
  });
}

/** `basic` is also a common word: only what decodes to `user:password` (RFC 7617 §2) counts. */
function isBasicCredential(token: string): boolean {
  const base64 = token.replaceAll('\\/', '/').replace(/%2b/gi, '+').replace(/%2f/gi, '/').replace(/%3d/gi, '=');
  const [, digits = ''] = /^([A-Za-z0-9+/_-]*)=*[.]?$/.exec(base64) ?? [];
  if (digits.length % 4 === 1) return false;
  const decoded = atob(digits.replaceAll('-', '+').replaceAll('_', '/'));
  return decoded.includes(':') && !/\p{Cc}/u.test(decoded.replace(/[\x80-\xff]/g, ''));
}

/** A JWT, or any two or more dotted parts of which one holds base64url of JSON: upload references too. */
function maskJwts(text: string): string {
  if (!text.includes(JWT_BEGIN)) return text;
  return text.replace(DOTTED_RUN, (run) => {
    let offset = 0;
    for (const part of run.split('.')) {
      const begin = part.indexOf(JWT_BEGIN);
      const isHeader = begin !== -1 && part.length - begin >= MIN_JWT_HEADER_LENGTH;
      if (isHeader && /[^.]/.test(run.slice(offset + part.length))) return run.slice(0, offset + begin) + REDACTED;
      offset += part.length + 1;
    }
    return run;
  });
}

/** A key that is cut off is masked to the end of the text. */
function maskPrivateKeys(text: string): string {
  return maskAfter(text, PRIVATE_KEY_BEGIN, (start) => {
    const end = text.indexOf(PRIVATE_KEY_END, start);
    return { start, end: end === -1 ? text.length : end };
  });
}
