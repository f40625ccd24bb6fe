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
  const more = button('Show earlier', { class: 'second' }, () => void page.attempt(() => show(cursor)));
  let cursor: string | undefined;
  root.append(more);
  await show(undefined);
  return { title: 'Activity', root };

  async function show(from: string | undefined): Promise<void> {
    const answer = await host.history(from === undefined ? {} : { cursor: from });
    shown.push(...answer.entries);
    cursor = answer.cursor;
    more.hidden = cursor === undefined;
    list.replaceChildren(...historyLines(shown, true));
  }
}
