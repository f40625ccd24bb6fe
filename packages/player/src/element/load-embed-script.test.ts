import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { EMBED_SCRIPT_URL, loadEmbedScript } from './load-embed-script.ts';

const page = new HappyPage();
/** The scripts that were added to the page, without those that were removed again. */
const scripts: HTMLScriptElement[] = [];
const connect = () => document.createElement('div');

beforeEach(() => {
  page.enter();
  scripts.length = 0;
  const { createElement } = document;
  vi.spyOn(document, 'createElement').mockImplementation((name: string) => {
    const script = createElement.call(document, name);
    if (!isScript(script)) throw new Error(`A ${name} is not made here.`);
    script.remove = () => void scripts.splice(scripts.indexOf(script), 1);
    return script;
  });
  // In the page itself, happy-dom would load it.
  vi.spyOn(document.head, 'append').mockImplementation((script) => {
    if (script instanceof Element && isScript(script)) scripts.push(script);
  });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => page.close());

function isScript(element: Element): element is HTMLScriptElement {
  return element.localName === 'script';
}

function only(): HTMLScriptElement {
  const [script] = scripts;
  if (script === undefined || scripts.length > 1) throw new Error(`There are ${scripts.length} scripts.`);
  return script;
}

test('Cloudflare’s own script is at its address', () => {
  expect(EMBED_SCRIPT_URL).toBe('https://embed.cloudflarestream.com/embed/sdk.latest.js');
});

test('a script is added to the page once, and is asynchronous', async () => {
  const url = 'https://embed.example/once.js';
  const both = [loadEmbedScript(url), loadEmbedScript(url)];
  expect([only().src, only().async]).toEqual([url, true]);
  vi.stubGlobal('Stream', connect);
  only().onload?.(new Event('load'));
  expect(await Promise.all([...both, loadEmbedScript(url)])).toEqual([connect, connect, connect]);
  expect(scripts).toHaveLength(1);
});

test('one of another address is another script', async () => {
  const loading = ['https://embed.example/1.js', 'https://embed.example/2.js'].map(loadEmbedScript);
  expect(scripts.map(({ src }) => src)).toEqual(['https://embed.example/1.js', 'https://embed.example/2.js']);
  vi.stubGlobal('Stream', connect);
  for (const script of scripts) script.onload?.(new Event('load'));
  await Promise.all(loading);
});

test('one that cannot be loaded is removed from the page, and loaded again by the next caller', async () => {
  const url = 'https://embed.example/away.js';
  const loading = loadEmbedScript(url);
  only().onerror?.(new Event('error'));
  await expect(loading).rejects.toThrow('The embed script of Cloudflare’s player cannot be loaded.');
  expect(scripts).toEqual([]);
  const again = loadEmbedScript(url);
  vi.stubGlobal('Stream', connect);
  only().onload?.(new Event('load'));
  expect(await again).toBe(connect);
});

test('one that is not Cloudflare’s is refused', async () => {
  vi.stubGlobal('Stream', { of: 'another program' });
  const loading = loadEmbedScript('https://embed.example/other.js');
  only().onload?.(new Event('load'));
  await expect(loading).rejects.toThrow('The embed script of Cloudflare’s player is another script.');
});
