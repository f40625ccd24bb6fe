import { definePlayerElement } from '@videostorage/player/element';
import type { Uploader } from '@videostorage/uploader';
import { defineUploaderElement } from '@videostorage/uploader/element';
import { assignmentUploader, sendPoster } from './assignment-uploader.ts';
import { byId, element } from './element.ts';
import { host, type Session } from './host.ts';
import { errorMessage, nameOf } from './sentences.ts';
import type { Page, SignedIn, View } from './view.ts';
import { activityView } from './views/activity.ts';
import { assignmentView } from './views/assignment.ts';
import { assignmentsView } from './views/assignments.ts';
import { costView } from './views/cost.ts';
import { signInView } from './views/sign-in.ts';
import { videoView } from './views/video.ts';

const REFRESH_MS = 3000;
const ROUTES: readonly (readonly [RegExp, (page: Page, id: string) => Promise<View>])[] = [
  [/^#\/assignments\/([a-z0-9-]+)$/, assignmentView],
  [/^#\/videos\/([0-9a-f]+)$/, videoView],
  [/^#\/cost$/, costView],
  [/^#\/activity$/, activityView],
];
const LINKS = [
  ['#/', 'Assignments'],
  ['#/cost', 'Cost'],
  ['#/activity', 'Activity'],
] as const;

let session: Session;
let view: View | undefined;
/** Increases with each page, so that late answers for an earlier page are not shown. */
let latestPage = 0;
/** Uploaders by assignment. */
const uploaders = new Map<string, Uploader>();
/** Message to show on the next page. */
let nextMessage: string | undefined;

defineUploaderElement();
definePlayerElement();
document.addEventListener('upload-started', ({ detail: { file, handle } }) => {
  if (file === undefined) return;
  sendPoster(file, handle).catch((error: unknown) => {
    console.info(`“${file.name}” has no picture, and is shown with a drawing:`, error);
  });
});
window.addEventListener('hashchange', () => void attempt(() => show(true)));
byId('sign-out').addEventListener('click', () => {
  void attempt(async () => {
    await host.signOut();
    // Only after signing out has succeeded: otherwise the user stays signed in, and the uploads continue.
    for (const uploader of uploaders.values()) uploader.close();
    uploaders.clear();
    location.hash = '#/';
    await enter(true);
  });
});
// By default a file dropped beside the uploader would replace the page.
for (const type of ['dragover', 'drop'] as const) document.addEventListener(type, (event) => event.preventDefault());
setInterval(() => {
  // A failed refresh shows no message, since another one follows; only a failed action of the user does.
  if (!document.hidden) view?.refresh?.().catch(() => undefined);
}, REFRESH_MS);
await attempt(() => enter(false));

/** Requests the signed-in user, and shows their page. */
async function enter(takesFocus: boolean): Promise<void> {
  session = await host.session();
  byId('stored-at').textContent = session.storedAt;
  const { person } = session;
  byId('who').hidden = person === undefined;
  byId('who-name').textContent = person === undefined ? '' : nameOf(person.userId);
  byId('who-role').textContent = person?.role ?? '';
  byId('nav').hidden = person?.role !== 'administrator';
  await show(takesFocus);
}

async function show(takesFocus: boolean): Promise<void> {
  latestPage += 1;
  const thisPage = latestPage;
  showMessage(nextMessage, 'good');
  nextMessage = undefined;
  view?.close?.();
  view = undefined;
  const { person } = session;
  let newView: View;
  try {
    newView = person === undefined ? signInView(signIn) : await viewOf({ ...session, person });
  } catch (error) {
    // Signing out changes the address too, and the requests of the page at that address would be refused.
    if (thisPage !== latestPage) return;
    throw error;
  }
  if (thisPage !== latestPage) return newView.close?.();
  view = newView;
  document.title = `${newView.title} · Classroom`;
  byId('view').replaceChildren(newView.root);
  const links = LINKS.map(([href, text]) => {
    const isHere = href === (location.hash || '#/');
    return element('a', { attributes: { href, ...(isHere && { 'aria-current': 'page' }) } }, text);
  });
  byId('nav').replaceChildren(...links);
  if (takesFocus) byId(person === undefined ? 'name' : 'heading').focus();
}

async function viewOf(signedIn: SignedIn): Promise<View> {
  const page: Page = { session: signedIn, showMessage, attempt, go, uploaderOf };
  for (const [pattern, make] of ROUTES) {
    const match = pattern.exec(location.hash);
    if (match !== null) return make(page, match[1] ?? '');
  }
  return assignmentsView(page);
}

function uploaderOf(assignmentId: string): Uploader {
  const uploader = uploaders.get(assignmentId) ?? assignmentUploader(session.maxSizeBytes);
  uploaders.set(assignmentId, uploader);
  return uploader;
}

function signIn(name: string, role: string): void {
  void attempt(async () => {
    await host.signIn(name, role);
    await enter(true);
  });
}

function go(hash: string, text?: string): void {
  nextMessage = text;
  location.hash = hash;
}

function showMessage(text = '', tone: 'good' | 'bad' = 'bad'): void {
  const message = byId('message');
  message.textContent = text;
  message.className = `message ${tone}`;
  message.hidden = text === '';
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    showMessage();
    await work();
  } catch (error) {
    showMessage(errorMessage(error));
  }
}
