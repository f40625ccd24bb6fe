import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Answers a page with a file input, its script and its modules, bundled as a host app would; `script` is a file of this folder. */
export async function pageListener(script: `${string}-page.ts` = 'uploading-page.ts'): Promise<RequestListener> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outdir: '/',
    ...{ bundle: true, splitting: true, write: false, format: 'esm', target: 'es2022', platform: 'browser' },
    conditions: ['@videostorage/source'],
  });
  const modules = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const src = `/${script.replace(/\.ts$/, '.js')}`;
  return (request, response) => {
    const module = modules.get(new URL(request.url ?? '/', 'http://page').pathname);
    response.writeHead(200, { 'Content-Type': module === undefined ? 'text/html' : 'text/javascript' });
    response.end(module ?? `<!doctype html><input type="file"><script type="module" src="${src}"></script>`);
  };
}
