import { Window } from 'happy-dom';
import { vi } from 'vitest';

/** The globals of a page that the player's modules use; all others stay Node's own, above all `fetch` and `Request`. */
const GLOBALS = [
  ...['window', 'document', 'customElements', 'navigator', 'HTMLElement', 'HTMLIFrameElement', 'HTMLVideoElement'],
  ...['HTMLMediaElement', 'ShadowRoot', 'Node', 'Element', 'CSSStyleSheet', 'Event', 'CustomEvent'],
];

/** A page without a browser. `enter` installs its globals for a test; vitest removes them again. */
export class HappyPage {
  readonly window: Window = new Window({ url: 'https://school.example/lessons/1' });

  /** Installs the page's globals. */
  enter(): void {
    for (const name of GLOBALS) vi.stubGlobal(name, Reflect.get(this.window, name));
  }

  /** Ends its timers. */
  async close(): Promise<void> {
    await this.window.happyDOM.close();
  }
}
