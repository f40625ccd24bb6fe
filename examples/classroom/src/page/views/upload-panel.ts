import { Validator } from '@videostorage/core';
import type { Uploader } from '@videostorage/uploader';
import type { VideoStorageUploaderElement } from '@videostorage/uploader/element';
import { element } from '../element.ts';
import type { Assignment } from '../host.ts';
import type { Page } from '../view.ts';

/** The part of the page where a student submits a video for an assignment, or replaces it. */
export class UploadPanel {
  readonly root: HTMLElement;
  readonly #title: HTMLElement = element('h2');
  readonly #hint: HTMLElement = element('p', 'hint');
  readonly #form: VideoStorageUploaderElement = document.createElement('video-storage-uploader');
  readonly #uploader: Uploader;
  readonly #closed: AbortController = new AbortController();

  constructor(page: Page, assignment: Assignment, onSubmitted: () => Promise<void>) {
    // Belongs to the app, so that an upload continues while another page is shown.
    this.#uploader = page.uploaderOf(assignment.id);
    // Videos that became ready meanwhile are in the list of submissions.
    for (const handle of this.#uploader.uploads) if (handle.phase === 'ready') void this.#uploader.remove(handle);
    const form = this.#form;
    form.uploader = this.#uploader;
    form.setAttribute('context-id', assignment.id);
    form.setAttribute('max-videos', '1');
    form.validator = new Validator({ maxSizeBytes: page.session.maxSizeBytes });
    form.texts = { drop: 'or drop or paste it here' };
    form.setAttribute('data-testid', 'uploader');
    const onReady = ({ detail: { handle } }: HTMLElementEventMap['upload-ready']) => {
      void page.attempt(async () => {
        await this.#uploader.remove(handle);
        await onSubmitted();
        page.showMessage(`“${handle.file.name}” has been submitted.`, 'good');
      });
    };
    form.addEventListener('upload-ready', onReady, { signal: this.#closed.signal });
    this.root = element('section', { class: 'upload', testId: 'upload' }, this.#title, this.#hint, form);
  }

  /** Called when another page is shown; uploads continue. */
  close(): void {
    this.#closed.abort();
  }

  /**
   * Shows whether this is the first video or a replacement. After the deadline no file is accepted, and running uploads
   * continue.
   */
  show(hasSubmitted: boolean, isOpen: boolean): void {
    this.#form.toggleAttribute('disabled', !isOpen);
    this.#title.textContent = hasSubmitted ? 'Replace your video' : 'Submit your video';
    if (!isOpen) this.#hint.textContent = 'The deadline has passed. An upload that began before it is still submitted.';
    else
      this.#hint.textContent = hasSubmitted
        ? 'You can replace it until the deadline. The earlier video is deleted once the new one is ready to play.'
        : 'You can pause, close this page, and continue later by choosing the same file.';
  }
}
