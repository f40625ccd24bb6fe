import { makeElement } from './make-element.ts';

/** Lines that stay: a screen reader that is still speaking finds the ones before. */
const KEPT_LINES = 4;

/** The element's one polite live region. What is said twice in a row is said once. */
export class Announcer {
  /** To be placed in the shadow root before anything is said. */
  readonly region: HTMLElement = makeElement('div', {
    part: 'announcements',
    // Each line is an addition of its own: `atomic` would have all of them read again.
    attributes: { role: 'status', 'aria-live': 'polite', 'aria-atomic': 'false', class: 'unseen' },
  });

  /** Says a sentence after what is being said. */
  say(sentence: string): void {
    if (sentence === '' || sentence === this.region.lastElementChild?.textContent) return;
    this.region.append(makeElement('p', { text: sentence }));
    while (this.region.childElementCount > KEPT_LINES) this.region.firstElementChild?.remove();
  }
}
