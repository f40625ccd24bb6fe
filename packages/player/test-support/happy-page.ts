import { Window } from 'happy-dom';
import { vi } from 'vitest';

/** What the player's modules ask a page for; all else stays Node's own, `fetch` and `Request` above all. */
const GLOBALS = [
  ...['window', 'document', 'customElements', 'navigator', 'HTMLElement', 'HTMLIFrameElement', 'HTMLVideoElement'],
  ...['HTMLMediaElement', 'ShadowRoot', 'Node', 'Element', 'CSSStyleSheet', 'Event', 'CustomEvent'],
];

/** A page without a browser. `enter` puts it around a test; vitest takes it away again. */
export class HappyPage {
  readonly window: Window = new Window({ url: 'https://school.example/lessons/1' });

  /** Makes the page's globals the test's. */
  enter(): void {
    for (const name of GLOBALS) vi.stubGlobal(name, Reflect.get(this.window, name));
  }

  /** Ends its timers. */
  async close(): Promise<void> {
    await this.window.happyDOM.close();
  }
}
