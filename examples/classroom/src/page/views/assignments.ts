import type { VideoMetadata } from '@videostorage/core';
import { element, heading } from '../element.ts';
import { type Assignment, host } from '../host.ts';
import { KeyedList } from '../keyed-list.ts';
import { describeDue, isOpen } from '../sentences.ts';
import type { Page, View } from '../view.ts';
import { assignmentForm } from './assignment-form.ts';

interface Row {
  readonly assignment: Assignment;
  readonly due: string;
  readonly pill: string;
  readonly tone: string;
}

/** All assignments, with the submissions for each. */
export async function assignmentsView(page: Page): Promise<View> {
  const { role } = page.session.person;
  const list = element('ul', { class: 'rows', testId: 'assignments' });
  const rows = new KeyedList<Row>(list, ({ assignment }) => assignment.id, drawRow);
  const root = element('section', {}, heading('Assignments'), list);
  if (role === 'teacher') root.append(assignmentForm(page, undefined, refresh));
  await refresh();
  return { title: 'Assignments', root, refresh };

  async function refresh(): Promise<void> {
    const [assignments, videos] = await Promise.all([host.assignments(), host.videos()]);
    const sorted = [...assignments.filter(isOpen), ...assignments.filter((one) => !isOpen(one)).reverse()];
    rows.show(sorted.map((assignment) => toRow(assignment, videos, role)));
  }
}

function toRow(assignment: Assignment, videos: readonly VideoMetadata[], role: string): Row {
  const submitted = videos.filter(({ contextId, status }) => contextId === assignment.id && status !== 'failed');
  const due = describeDue(assignment);
  if (role !== 'student') {
    const count = new Set(submitted.map(({ userId }) => userId)).size;
    return { assignment, due, pill: `${count} submitted`, tone: count === 0 ? 'plain' : 'good' };
  }
  if (submitted.length > 0) return { assignment, due, pill: 'Submitted', tone: 'good' };
  return {
    assignment,
    due,
    ...(isOpen(assignment) ? { pill: 'To do', tone: 'accent' } : { pill: 'Missed', tone: 'plain' }),
  };
}

function drawRow({ assignment, due, pill, tone }: Row): HTMLElement {
  const about = element('span', 'about', element('strong', 'title', assignment.title), element('span', 'meta', due));
  const attributes = { href: `#/assignments/${assignment.id}` };
  const link = element('a', { class: 'row-link', id: `assignment-${assignment.id}`, attributes }, about);
  link.append(element('span', `pill ${tone}`, pill));
  return element('li', { testId: 'assignment' }, link);
}
