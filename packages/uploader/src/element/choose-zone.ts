import { makeElement } from './make-element.ts';
import type { AcceptedFiles } from './own-queue.ts';
import type { UploaderTexts } from './uploader-texts.ts';

/** What the zone shows. */
export interface ChooseZoneView {
  /** Whether one video is accepted at most. */
  readonly isSingle: boolean;
  /** Whether nothing is taken now. */
  readonly isDisabled: boolean;
  /** The page's own words for the file dialog, as in HTML's `accept`. */
  readonly accept: string | undefined;
  /** What is accepted; undefined where the page does not know it, or not yet. */
  readonly accepted: AcceptedFiles | undefined;
}

/** Where files are chosen, or dropped: a button, the file dialog behind it, and what is accepted. */
export class ChooseZone {
  /** The button; it has the focus when there is nothing else left to have it. */
  readonly button: HTMLButtonElement = makeElement('button', { part: 'choose', attributes: { type: 'button' } });
  /** The file dialog; opened by the button, so that it needs no place of its own in the order of the keyboard. */
  readonly input: HTMLInputElement = makeElement('input', { attributes: { type: 'file', hidden: '' } });
  readonly #drop = makeElement('span', { part: 'drop' });
  readonly #accepted = makeElement('p', { part: 'accepted' });
  /** All of it. */
  readonly element: HTMLElement = makeElement('div', {
    part: 'zone',
    children: [this.button, this.#drop, this.#accepted, this.input],
  });

  /** Shows it in these words. */
  show({ isSingle, isDisabled, accept, accepted }: ChooseZoneView, texts: UploaderTexts): void {
    this.button.textContent = isSingle ? texts.chooseOne : texts.choose;
    this.button.disabled = isDisabled;
    this.#drop.textContent = texts.drop;
    this.#accepted.hidden = accepted === undefined;
    if (accepted !== undefined) this.#accepted.textContent = texts.accepted(accepted);
    this.input.multiple = !isSingle;
    this.input.accept = accept ?? accepted?.dialog ?? 'video/*';
  }
}
