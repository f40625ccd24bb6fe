import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('./page/', import.meta.url));

/** The page, its style and its bundled script, all from memory. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, { readonly type: string; readonly text: string }>;
  readonly #policy: string;

  private constructor(script: string, html: string, css: string, origins: readonly string[]) {
    this.#files = new Map([
      ['/', { type: 'text/html; charset=utf-8', text: html }],
      ['/style.css', { type: 'text/css; charset=utf-8', text: css }],
      ['/app.js', { type: 'text/javascript; charset=utf-8', text: script }],
    ]);
    const others = origins.join(' ');
    this.#policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ${others}`,
      `media-src 'self' blob: ${others}`,
      `img-src 'self' data: ${others}`,
      `frame-src ${others === '' ? "'none'" : others}`,
      'worker-src blob:',
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; ');
  }

  /** Bundles the page's script; takes a moment, once. */
  static async load(origins: readonly string[]): Promise<PageFiles> {
    const bundle = await build({
      entryPoints: [`${folder}app.ts`],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['@videostorage/source'],
      minify: true,
    });
    const [html, ...styles] = await Promise.all(
      ['index.html', 'ground.css', 'parts.css'].map((name) => readFile(`${folder}${name}`, 'utf8')),
    );
    return new PageFiles(bundle.outputFiles[0]?.text ?? '', html ?? '', styles.join('\n'), origins);
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
