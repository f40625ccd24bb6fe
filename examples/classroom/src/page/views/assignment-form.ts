import { element } from '../element.ts';
import { type Assignment, host } from '../host.ts';
import type { Page } from '../view.ts';

/** A form to create an assignment, or to change title and deadline of one. */
export function assignmentForm(page: Page, known: Assignment | undefined, onSaved: () => Promise<void>): HTMLElement {
  const input = (name: string, attributes: Readonly<Record<string, string>>) =>
    element('input', { id: name, testId: name, attributes: { name, required: '', ...attributes } });
  const title = input('assignment-title', { maxlength: '80', value: known?.title ?? '' });
  const dueAt = input('assignment-due', {
    type: 'datetime-local',
    value: known === undefined ? '' : toLocal(known.dueAt),
  });
  const save = element('button', { testId: 'assignment-save', attributes: { type: 'submit' } }, 'Save');
  const form = element(
    'form',
    'fields',
    element('label', { attributes: { for: 'assignment-title' } }, 'Title'),
    title,
    element('label', { attributes: { for: 'assignment-due' } }, 'Due'),
    dueAt,
    save,
  );
  const summary = element(
    'summary',
    { testId: 'assignment-edit' },
    known === undefined ? 'New assignment' : 'Change title or deadline',
  );
  const details = element('details', 'card fold', summary, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void page.attempt(async () => {
      const saved = title.value;
      const id = known?.id ?? crypto.randomUUID();
      await host.putAssignment({ id, title: saved, dueAt: new Date(dueAt.value).toISOString() });
      details.open = false;
      if (known === undefined) form.reset();
      await onSaved();
      summary.focus();
      page.showMessage(`“${saved}” has been saved.`, 'good');
    });
  });
  return details;
}

/** In the format of `datetime-local`: local time, to the minute. */
function toLocal(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
