import { expect, test } from 'vitest';
import { isOrigin } from './is-origin.ts';

test.each([
  ...['https://example.org', 'http://localhost:5173', 'https://[::1]:8443'],
  ...['capacitor://localhost', 'ionic://localhost', 'tauri://localhost', 'app://com.example.app:1'],
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
])('%s is an origin', (text) => {
  expect(isOrigin(text)).toBe(true);
});

test.each([
  ...['', '*', 'null', 'example.org', 'localhost:5173'],
  ...[
    'https://example.org/',
    'https://example.org/a',
    'https://EXAMPLE.org',
    'https://example.org:443',
    'HTTPS://a.example',
  ],
  ...['https://a@example.org', 'https://*.example.org', 'file://', 'file://host', 'blob:https://example.org'],
  ...[
    'capacitor:localhost',
    'capacitor://',
    'capacitor://localhost/',
    'capacitor://Localhost',
    'Capacitor://localhost',
  ],
  ...[
    'capacitor://localhost?a',
    'capacitor://localhost#a',
    'capacitor://a@localhost',
    'capacitor://*',
    'data:text/plain,a',
  ],
  'capacitor://localhost\n',
])('%j is not an origin', (text) => {
  expect(isOrigin(text)).toBe(false);
});
