import { loadOnce } from './load-once.ts';
import type { MediaSurface } from './media-surface.ts';

/** Cloudflare's own address of its embed script: https://developers.cloudflare.com/stream/viewing-videos/using-the-stream-player/using-the-player-api/ */
export const EMBED_SCRIPT_URL = 'https://embed.cloudflarestream.com/embed/sdk.latest.js';

/** The player that the script returns for a frame. */
export interface EmbeddedPlayer extends MediaSurface {
  /** The id or the token of the source. */
  src: string;
}

type Connect = (frame: HTMLIFrameElement) => EmbeddedPlayer;

const scripts = new Map<string, () => Promise<Connect>>();

/**
 * Loads the script, once for a page; returns its function `Stream(frame)`. @throws {Error} when it cannot be loaded, or is
 * another script
 */
export function loadEmbedScript(url: string): Promise<Connect> {
  const load = scripts.get(url) ?? loadOnce(() => fetchScript(url));
  scripts.set(url, load);
  return load();
}

function fetchScript(url: string): Promise<Connect> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.async = true;
    script.onload = () => {
      const connect: unknown = Reflect.get(globalThis, 'Stream');
      if (isConnect(connect)) resolve(connect);
      else reject(new Error('The embed script of Cloudflare’s player is another script.'));
    };
    script.onerror = () => {
      script.remove();
      reject(new Error('The embed script of Cloudflare’s player cannot be loaded.'));
    };
    document.head.append(script);
  });
}

function isConnect(value: unknown): value is Connect {
  return typeof value === 'function';
}
