import { expect } from 'vitest';
import { defineUploaderElement, type VideoStorageUploaderElement } from '../src/element/index.ts';
import { ScriptedUploader } from './scripted-uploader.ts';

defineUploaderElement();

/** The element in a page, over a scripted queue. */
export class ElementPage {
  /** The element itself. */
  readonly element: VideoStorageUploaderElement;
  /** Its queue. */
  readonly uploader: ScriptedUploader = new ScriptedUploader();
  /** Names of the element's events, in order. */
  readonly events: string[] = [];

  constructor(attributes: Readonly<Record<string, string>> = {}) {
    // happy-dom 21 keeps the focus on removed elements, and fails because of it.
    for (const { shadowRoot } of document.querySelectorAll('video-storage-uploader')) {
      if (shadowRoot?.activeElement instanceof HTMLElement) shadowRoot.activeElement.blur();
    }
    this.element = document.createElement('video-storage-uploader');
    for (const [name, value] of Object.entries(attributes)) this.element.setAttribute(name, value);
    this.element.uploader = this.uploader;
    for (const name of ['upload-started', 'upload-ready', 'upload-failed', 'upload-cancelled', 'file-refused']) {
      // At the document: they bubble, and leave the shadow tree.
      document.addEventListener(name, () => this.events.push(name));
    }
    document.body.replaceChildren(this.element);
  }

  /** The content of the element. */
  get root(): ShadowRoot {
    const root = this.element.shadowRoot;
    if (root === null) throw new Error('The element has no shadow root.');
    return root;
  }

  /** Chooses files of these names in the file dialog. */
  choose(...names: readonly string[]): void {
    const input = this.root.querySelector('input');
    if (input === null) throw new Error('There is no file dialog.');
    const files = names.map((name) => videoFile(name));
    Object.defineProperty(input, 'files', { value: files, configurable: true });
    input.dispatchEvent(new Event('change'));
  }

  /** Waits until the element shows what it accepts. */
  async knowsWhatIsAccepted(): Promise<void> {
    await expect.poll(() => this.root.querySelector<HTMLElement>('[part=accepted]')?.hidden).toBe(false);
  }

  /** The row of the file of this name. */
  row(name: string): HTMLLIElement {
    const rows = [...this.root.querySelectorAll('ul[part=list] li')];
    const found = rows.find((row) => row.querySelector('[part=name]')?.textContent === name);
    if (!(found instanceof HTMLLIElement)) throw new Error(`There is no row of ${name}.`);
    return found;
  }

  /** Names in the list, in order. */
  names(): readonly (string | null)[] {
    return [...this.root.querySelectorAll('[part=name]')].map((name) => name.textContent);
  }

  /** The visible button of this label in the row. */
  button(name: string, label: string): HTMLButtonElement {
    const found = this.buttons(name).find((button) => button.textContent === label);
    if (found === undefined) throw new Error(`${name} has no button "${label}".`);
    return found;
  }

  /** Labels of the visible buttons in the row. */
  labels(name: string): readonly (string | null)[] {
    return this.buttons(name).map((button) => button.textContent);
  }

  /** Announcements that are still in the live region, in order. */
  announced(): readonly (string | null)[] {
    return [...this.root.querySelectorAll('[role=status] p')].map((line) => line.textContent);
  }

  private buttons(name: string): readonly HTMLButtonElement[] {
    return [...this.row(name).querySelectorAll('button')].filter((button) => !button.hidden);
  }
}

/** A file of this name; a video by its extension. */
export function videoFile(name: string, size = 1000): File {
  return new File([new Uint8Array(size)], name, { type: name.endsWith('.mp4') ? 'video/mp4' : '' });
}
