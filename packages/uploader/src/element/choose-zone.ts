import { makeElement } from './make-element.ts';
import type { AcceptedFiles } from './own-queue.ts';
import type { UploaderTexts } from './uploader-texts.ts';

/** The state that the zone shows. */
export interface ChooseZoneView {
  /** Whether one video is accepted at most. */
  readonly isSingle: boolean;
  /** Whether no files are accepted now. */
  readonly isDisabled: boolean;
  /** The attribute `accept`, for the file dialog. */
  readonly accept: string | undefined;
  /** Accepted types and size; undefined while they are not known. */
  readonly accepted: AcceptedFiles | undefined;
}

/** Where files are chosen or dropped: a button, the file dialog behind it, and a line with what is accepted. */
export class ChooseZone {
  /** The button; it gets the focus when the last row is removed. */
  readonly button: HTMLButtonElement = makeElement('button', { part: 'choose', attributes: { type: 'button' } });
  /** The file dialog; the button opens it, so it is not in the tab order itself. */
  readonly input: HTMLInputElement = makeElement('input', { attributes: { type: 'file', hidden: '' } });
  readonly #drop = makeElement('span', { part: 'drop' });
  readonly #accepted = makeElement('p', { part: 'accepted' });
  /** The container. */
  readonly element: HTMLElement = makeElement('div', {
    part: 'zone',
    children: [this.button, this.#drop, this.#accepted, this.input],
  });

  /** Updates all parts. */
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
