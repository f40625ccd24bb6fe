import { byId } from '../element.ts';

/** Asks before something is deleted; Escape cancels. The focus returns to where it was. */
export function askToDelete(question: string, onYes: () => void): void {
  const dialog = byId('sure');
  if (!(dialog instanceof HTMLDialogElement)) throw new Error('#sure is not a dialog.');
  byId('sure-title').textContent = question;
  dialog.returnValue = 'keep';
  dialog.onclose = () => {
    if (dialog.returnValue === 'delete') onYes();
  };
  dialog.showModal();
}
