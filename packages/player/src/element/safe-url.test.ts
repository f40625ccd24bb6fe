import { describe, expect, test } from 'vitest';
import { safeFrameUrl, safeUrl } from './safe-url.ts';

const PAGE = new URL('https://school.example/lessons/1');

describe('T-L2: a URL that is safe in the page', () => {
  test.each([
    ['https://cdn.example/a.mp4?x=1', 'https://cdn.example/a.mp4?x=1'],
    ['HTTPS://cdn.example/', 'https://cdn.example/'],
    ['blob:https://school.example/0123', 'blob:https://school.example/0123'],
    ['http://localhost:8080/a', 'http://localhost:8080/a'],
    ['http://media.localhost/a', 'http://media.localhost/a'],
    ['http://127.0.0.1/a', 'http://127.0.0.1/a'],
    ['http://127.1.2.3/a', 'http://127.1.2.3/a'],
    ['http://[::1]:1/a', 'http://[::1]:1/a'],
    ['/posters/1.jpg', 'https://school.example/posters/1.jpg'],
    ['posters/1.jpg', 'https://school.example/lessons/posters/1.jpg'],
    ['../1.jpg', 'https://school.example/1.jpg'],
  ])('%s', (value, href) => {
    expect(safeUrl(value, PAGE)?.href).toBe(href);
  });

  test.each([
    ...[
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      'java\nscript:alert(1)',
      ' javascript:alert(1)',
      '\u0001javascript:x',
    ],
    ...[
      'data:text/html,<script>',
      'data:image/svg+xml,<svg/>',
      'vbscript:x',
      'file:///etc/passwd',
      'ftp://x/',
      'about:blank',
    ],
    ...['//evil.com/x', '\\\\evil.com\\x', '/\\evil.com', '\\/evil.com', '/\t/evil.com', '\n//evil.com'],
    ...['http://evil.com/', 'http://localhost.evil.com/', 'http://127.0.0.1.evil.com/', 'http://1270.0.0.1/'],
    ...['https://user@cdn.example/', 'https://:password@cdn.example/', 'ftp://localhost/a', 'ws://localhost/a'],
    ...['https://user:password@cdn.example/', 'https://', 'https://[', '', '"><img onerror=x>'],
  ])('not %j', (value) => {
    expect(safeUrl(value, PAGE)).toBeUndefined();
  });

  test.each([null, undefined])('not %s', (value) => {
    expect(safeUrl(value, PAGE)).toBeUndefined();
  });

  test('plain HTTP also to the page’s own host, when the page itself was loaded by HTTP', () => {
    const page = new URL('http://intranet.school/');
    expect(safeUrl('http://intranet.school/a.mp4', page)?.href).toBe('http://intranet.school/a.mp4');
    expect(safeUrl('http://intranet.school:8080/a.mp4', page)).toBeUndefined();
  });
});

describe('a URL for a frame', () => {
  test('has another origin than the page, since scripts of the same origin could remove their sandbox', () => {
    expect(safeFrameUrl('https://customer-1.cloudflarestream.com/x/iframe', PAGE)).toBeDefined();
    expect(safeFrameUrl('https://school.example/x/iframe', PAGE)).toBeUndefined();
    expect(safeFrameUrl('/x/iframe', PAGE)).toBeUndefined();
    expect(safeFrameUrl('blob:https://school.example/1', PAGE)).toBeUndefined();
    expect(safeFrameUrl('blob:https://other.example/1', PAGE)).toBeUndefined();
    expect(safeFrameUrl('javascript:alert(1)', PAGE)).toBeUndefined();
  });
});
