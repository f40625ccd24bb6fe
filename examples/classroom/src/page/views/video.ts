import { button, element, heading } from '../element.ts';
import { type HistoryEntry, host } from '../host.ts';
import { KeyedList } from '../keyed-list.ts';
import {
  describeFile,
  describeState,
  isOpen,
  nameOf,
  readableMoment,
  readableTime,
  submittedAt,
} from '../sentences.ts';
import type { Page, View } from '../view.ts';
import { askToDelete } from './ask-to-delete.ts';
import { historyLines } from './history-list.ts';
import { playerOf } from './player-of.ts';

/** One video: its player, who has watched it, and its history. */
export async function videoView(page: Page, id: string): Promise<View> {
  const { person } = page.session;
  const [video, assignments] = await Promise.all([host.video(id), host.assignments()]);
  const assignment = assignments.find((one) => one.id === video.contextId);
  const isOwn = video.userId === person.userId;
  const name = isOwn ? 'Your submission' : nameOf(video.userId);
  const back = element(
    'a',
    { class: 'back', attributes: { href: `#/assignments/${assignment?.id ?? ''}` } },
    `‹ ${assignment?.title ?? 'Assignments'}`,
  );
  const state = element('p', { class: 'meta busy', testId: 'state' }, describeState(video) ?? '');
  const length = video.durationSeconds === undefined ? '' : ` · ${readableTime(video.durationSeconds)}`;
  const about = element(
    'div',
    'about',
    heading(name),
    element('p', 'meta', `${describeFile(video)}${length}`),
    element('p', 'meta', submittedAt(video)),
    state,
  );
  const mayDelete = !isOwn || video.status !== 'ready' || (assignment !== undefined && isOpen(assignment));
  const remove = button('Delete', { class: 'quiet', testId: 'delete' }, () => {
    askToDelete(`Delete ${isOwn ? 'your submission' : `${name}’s video`}?`, () => {
      void page.attempt(async () => {
        player?.remove();
        try {
          await host.deleteVideo(id);
        } catch (error) {
          // The video still exists: the next refresh shows it again.
          player = undefined;
          throw error;
        }
        page.go(back.hash, `The video of ${nameOf(video.userId)} has been deleted.`);
      });
    });
  });
  const stage = element('div', 'stage');
  let player: HTMLElement | undefined;
  const viewers = element('ul', { class: 'viewers', testId: 'viewers' });
  const watched = new KeyedList<HistoryEntry>(viewers, ({ userId }) => userId ?? '', drawViewer);
  const nobody = element('p', { class: 'meta', testId: 'nobody' }, 'Nobody yet.');
  const lines = element('ol', { class: 'history', testId: 'history' });
  const root = element(
    'section',
    {},
    back,
    stage,
    element('div', 'split', about, mayDelete ? remove : undefined),
    element('section', 'card', element('h2', {}, 'Watched by'), viewers, nobody),
    element('section', 'card', element('h2', {}, 'History'), lines),
  );
  await refresh();
  return { title: name, root, refresh, close: () => player?.remove() };

  async function refresh(): Promise<void> {
    const [now, watching, history] = await Promise.all([host.video(id), host.viewers(id), host.historyOf(id)]);
    state.textContent = describeState(now) ?? '';
    state.hidden = state.textContent === '';
    state.classList.toggle('failed', now.status === 'failed');
    if (player === undefined && now.playable) {
      const made = playerOf(page, id);
      stage.replaceChildren(made);
      player = made;
    }
    stage.hidden = player === undefined;
    // Entries are newest first, so the first entry of a person is the last time that they watched.
    const others = watching.filter(({ userId }) => userId !== now.userId);
    watched.show(others.filter(({ userId }, index) => others.findIndex((other) => other.userId === userId) === index));
    nobody.hidden = others.length > 0;
    lines.replaceChildren(...historyLines(history, false));
  }
}

function drawViewer({ userId, at }: HistoryEntry): HTMLElement {
  return element(
    'li',
    {},
    element('strong', {}, nameOf(userId)),
    element('span', 'meta', `last watched ${readableMoment(at)}`),
  );
}
