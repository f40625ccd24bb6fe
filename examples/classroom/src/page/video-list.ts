import type { VideoMetadata } from '@videostorage/core';
import { host } from './host.ts';
import { byId, show, write } from './page-elements.ts';
import { describeState, describeVideo } from './sentences.ts';

const PROCESSING_POLL_MS = 2000;
const TEACHER_POLL_MS = 5000;

/** What the list is told, and whom it asks. */
export interface VideoListOptions {
  readonly isTeacher: boolean;
  play(video: VideoMetadata): void;
  remove(video: VideoMetadata): void;
  /** Told after each look at the storage. */
  onVideos(videos: readonly VideoMetadata[]): void;
}

/** The videos that a person may see. It looks again by itself as long as something may change. */
export class VideoList {
  readonly #options: VideoListOptions;
  #shown = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #looks = 0;

  constructor(options: VideoListOptions) {
    this.#options = options;
    write('list-title', options.isTeacher ? 'Handed in' : 'Your videos');
    byId('videos').replaceChildren();
    show('empty', false);
  }

  /** Looks at once. Rejects when the classroom does not answer. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#looks += 1;
    const look = this.#looks;
    try {
      const { videos } = await host.listVideos();
      // An answer that was overtaken would show what no longer is.
      if (this.#closed || look !== this.#looks) return;
      this.#draw(videos);
      this.#options.onVideos(videos);
      const isProcessing = videos.some(({ status }) => status === 'processing');
      if (isProcessing) this.#refreshIn(PROCESSING_POLL_MS);
      else if (this.#options.isTeacher) this.#refreshIn(TEACHER_POLL_MS);
    } catch (error) {
      if (!this.#closed && look === this.#looks) this.#refreshIn(TEACHER_POLL_MS);
      throw error;
    }
  }

  /** Marks the one that plays; undefined for none. */
  mark(videoId: string | undefined): void {
    for (const row of byId('videos').children) {
      row.classList.toggle('playing', (row as HTMLElement).dataset['videoId'] === videoId);
    }
  }

  /** Looks no more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #refreshIn(delayMs: number): void {
    this.#timer = setTimeout(() => {
      if (document.hidden) this.#refreshIn(delayMs);
      // A look that fails is followed by another one; what a person does themselves tells them.
      else this.refresh().catch(() => undefined);
    }, delayMs);
  }

  #draw(videos: readonly VideoMetadata[]): void {
    const shown = JSON.stringify(videos);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement?.id;
    const playing = byId('videos').querySelector<HTMLElement>('.playing')?.dataset['videoId'];
    byId('videos').replaceChildren(...videos.map((video) => this.#row(video)));
    this.mark(playing);
    if (focused?.startsWith('video-')) document.getElementById(focused)?.focus();
    const { isTeacher } = this.#options;
    write(
      'empty',
      isTeacher ? 'Nobody has handed in a video yet. This list looks by itself.' : 'Nothing handed in yet.',
    );
    show('empty', videos.length === 0);
  }

  #row(video: VideoMetadata): HTMLLIElement {
    const name = video.fileName ?? video.videoId;
    const text = element('div', 'about');
    text.append(element('div', 'title', name), element('div', 'meta', describeVideo(video, this.#options.isTeacher)));
    const state = describeState(video);
    if (state !== undefined)
      text.append(element('div', video.status === 'failed' ? 'meta failed' : 'meta busy', state));
    const play = this.#button(video, 'play', 'Play', () => this.#options.play(video));
    play.disabled = !video.playable;
    const remove = this.#button(video, 'delete', 'Delete', () => this.#options.remove(video));
    remove.className = 'quiet';
    const actions = element('div', 'actions');
    actions.append(play, remove);
    const row = element('li');
    row.dataset['testid'] = 'video';
    row.dataset['videoId'] = video.videoId;
    row.append(text, actions);
    return row;
  }

  #button(video: VideoMetadata, testId: string, label: string, work: () => void): HTMLButtonElement {
    const button = element('button', undefined, label);
    button.type = 'button';
    button.id = `video-${testId}-${video.videoId}`;
    button.dataset['testid'] = testId;
    // Beginning with what is seen, so that it can also be spoken.
    button.setAttribute('aria-label', `${label} ${video.fileName ?? 'this video'}`);
    button.addEventListener('click', work);
    return button;
  }
}

function element<Name extends 'div' | 'li' | 'button'>(
  name: Name,
  className?: string,
  text?: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
