import { makeElement } from './make-element.ts';

/** Lines that are kept, for a screen reader that is still speaking. */
const KEPT_LINES = 4;

/** The element's one polite live region. A line that repeats the last one is omitted. */
export class Announcer {
  /** Must be in the shadow root before the first announcement. */
  readonly region: HTMLElement = makeElement('div', {
    part: 'announcements',
    // Each line is one addition: with `atomic` all of them would be read again.
    attributes: { role: 'status', 'aria-live': 'polite', 'aria-atomic': 'false', class: 'unseen' },
  });

  /** Announces a sentence after those before it. */
  say(sentence: string): void {
    if (sentence === '' || sentence === this.region.lastElementChild?.textContent) return;
    this.region.append(makeElement('p', { text: sentence }));
    while (this.region.childElementCount > KEPT_LINES) this.region.firstElementChild?.remove();
  }
}
