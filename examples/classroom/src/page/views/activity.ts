import { button, element, heading } from '../element.ts';
import { type HistoryEntry, host } from '../host.ts';
import type { Page, View } from '../view.ts';
import { historyLines } from './history-list.ts';

/** Everything that happened in the classroom, newest first. */
export async function activityView(page: Page): Promise<View> {
  const list = element('ol', { class: 'history card', testId: 'history' });
  const root = element(
    'section',
    {},
    heading('Activity'),
    element('p', 'hint', 'What happened to each video, and which requests were refused.'),
    list,
  );
  const shown: HistoryEntry[] = [];
  const more = button('Show earlier', { class: 'second' }, () => {
    // A second press is ignored, since it would show the same page twice. The button is not disabled, since it would lose
    // the focus.
    if (isLoading) return;
    isLoading = true;
    const isDone = page.attempt(() => show(cursor));
    void isDone.finally(() => {
      isLoading = false;
    });
  });
  let isLoading = false;
  let cursor: string | undefined;
  root.append(more);
  await show(undefined);
  return { title: 'Activity', root };

  async function show(from: string | undefined): Promise<void> {
    const answer = await host.history(from);
    shown.push(...answer.entries);
    cursor = answer.cursor;
    const known = list.childElementCount;
    list.replaceChildren(...historyLines(shown, true));
    const hadFocus = document.activeElement === more;
    more.hidden = cursor === undefined;
    // Moves the keyboard focus to the first new entry.
    if (more.hidden && hadFocus) (list.children[known] ?? list).querySelector('a')?.focus();
  }
}
