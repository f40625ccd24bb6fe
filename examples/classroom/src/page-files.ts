import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Backend } from './backends/backend.ts';

const folder = fileURLToPath(new URL('./page/', import.meta.url));

/** The page, its style and its bundled scripts, all from memory. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, { readonly type: string; readonly text: string }>;
  readonly #policy: string;

  private constructor(scripts: ReadonlyMap<string, string>, html: string, css: string, policy: string) {
    this.#files = new Map([
      ['/', { type: 'text/html; charset=utf-8', text: html }],
      ['/style.css', { type: 'text/css; charset=utf-8', text: css }],
      ...[...scripts].map(([path, text]) => [path, { type: 'text/javascript; charset=utf-8', text }] as const),
    ]);
    this.#policy = policy;
  }

  /** Bundles the page's scripts, once. Scripts that a page rarely needs stay separate files. */
  static async load(backend: Pick<Backend, 'browserOrigins' | 'scriptOrigins'>): Promise<PageFiles> {
    bundled ??= bundleScripts();
    const scripts = await bundled;
    const [html = '', ...styles] = await Promise.all(
      ['index.html', 'layout.css', 'components.css'].map((name) => readFile(`${folder}${name}`, 'utf8')),
    );
    return new PageFiles(scripts, html, styles.join('\n'), policyOf(backend));
  }

  /** The file of a path; undefined for all other paths. */
  answer(path: string): Response | undefined {
    const file = this.#files.get(path);
    return (
      file &&
      new Response(file.text, {
        headers: {
          'Content-Type': file.type,
          'Content-Security-Policy': this.#policy,
          'Cache-Control': 'no-cache',
          'Referrer-Policy': 'strict-origin',
          'X-Content-Type-Options': 'nosniff',
        },
      })
    );
  }
}

/** Cached: the scripts are the same for each classroom of a process. */
let bundled: Promise<ReadonlyMap<string, string>> | undefined;

async function bundleScripts(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { app: `${folder}app.ts` },
    ...{ bundle: true, splitting: true, write: false, outdir: folder, minify: true },
    ...{ format: 'esm', target: 'es2022', conditions: ['@videostorage/source'] },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]));
}

/** The Content-Security-Policy: the page may load, connect to and show its own origin, and what the storage needs. */
function policyOf({ browserOrigins, scriptOrigins }: Pick<Backend, 'browserOrigins' | 'scriptOrigins'>): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", ...scriptOrigins].join(' '),
    "style-src 'self'",
    ["connect-src 'self'", ...browserOrigins].join(' '),
    ["media-src 'self' blob:", ...browserOrigins].join(' '),
    ["img-src 'self' data:", ...browserOrigins].join(' '),
    ['frame-src', ...(browserOrigins.length === 0 ? ["'none'"] : browserOrigins)].join(' '),
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
