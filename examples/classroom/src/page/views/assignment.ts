import { element, heading } from '../element.ts';
import { type Assignment, host } from '../host.ts';
import { KeyedList } from '../keyed-list.ts';
import { describeDue, isOpen } from '../sentences.ts';
import type { Page, View } from '../view.ts';
import { assignmentForm } from './assignment-form.ts';
import { submissionCard } from './submission-card.ts';
import { UploadPanel } from './upload-panel.ts';

/** One assignment: a student submits here, all others see the submissions. */
export async function assignmentView(page: Page, id: string): Promise<View> {
  const { person } = page.session;
  const isStudent = person.role === 'student';
  const known = await find(id);
  const name = heading(known.title);
  const due = element('p', { class: 'hint', testId: 'due' });
  const grid = element('ul', { class: 'submissions', testId: 'submissions' });
  const cards = new KeyedList(grid, (video: { videoId: string }) => video.videoId, submissionCard);
  const empty = element('p', { class: 'empty', testId: 'empty' });
  const title = element('h2', {}, isStudent ? 'Your submission' : 'Submissions');
  const back = element('a', { class: 'back', attributes: { href: '#/' } }, '‹ Assignments');
  const root = element('section', {}, back, name, due, title, grid, empty);
  let upload: UploadPanel | undefined;
  let isClosed = false;
  if (person.role === 'teacher') root.append(assignmentForm(page, known, refresh));
  await refresh();
  return { title: known.title, root, refresh, close };

  function close(): void {
    isClosed = true;
    upload?.close();
  }

  async function refresh(): Promise<void> {
    const [assignment, videos] = await Promise.all([find(id), host.videos(id)]);
    name.textContent = assignment.title;
    due.textContent = describeDue(assignment);
    cards.show(videos);
    empty.hidden = videos.length > 0;
    empty.textContent = !isStudent
      ? 'No videos have been submitted yet. New ones appear here by themselves.'
      : isOpen(assignment)
        ? 'You have not submitted a video yet.'
        : 'You did not submit a video.';
    if (isStudent && isOpen(assignment) && upload === undefined && !isClosed) {
      upload = new UploadPanel(page, assignment, refresh);
      root.append(upload.root);
    }
    upload?.show(
      videos.some(({ status }) => status !== 'failed'),
      isOpen(assignment),
    );
  }
}

/** @throws {Error} there is no such assignment */
async function find(id: string): Promise<Assignment> {
  const found = (await host.assignments()).find((one) => one.id === id);
  if (found === undefined) throw new Error('There is no such assignment.');
  return found;
}
