import { button, element, heading } from '../element.ts';
import type { View } from '../view.ts';

const ROLES = [
  ['student', 'I am a student', 'Submit a video, and replace it until the deadline.'],
  ['teacher', 'I am a teacher', 'Set assignments, watch submissions, and see who has watched them.'],
  ['administrator', 'I am the administrator', 'See what is stored, what it costs, and everything that has happened.'],
] as const;

/** Signs a person in: a name and a role. */
export function signInView(signIn: (name: string, role: string) => void): View {
  const name = element('input', {
    id: 'name',
    testId: 'name',
    attributes: { name: 'name', autocomplete: 'off', maxlength: '60', required: '' },
  });
  const choices = ROLES.map(([role, label, hint]) => {
    const settings = { class: 'choice', testId: `as-${role}`, attributes: { type: 'submit', value: role } };
    const choice = button('', settings, () => {});
    choice.append(element('strong', {}, label), element('span', {}, hint));
    return choice;
  });
  const label = element('label', { attributes: { for: 'name' } }, 'Your name');
  const form = element('form', {}, label, name, element('div', 'choices', ...choices));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { submitter } = event;
    signIn(name.value, submitter instanceof HTMLButtonElement ? submitter.value : 'student');
  });
  const hint = element('p', 'hint', 'This demo has no passwords: enter any name and choose a role.');
  return { title: 'Who are you?', root: element('section', 'card narrow', heading('Who are you?'), hint, form) };
}
