import type { UploadTicket, VideoMetadata } from '@videostorage/core';
import { Validator } from '@videostorage/core';
import { host, type Session } from './host.ts';
import { sendFile } from './send-file.ts';
import { closePlayback, showPlayback } from './show-playback.ts';

const POLL_MS = 1500;

const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}.`);
  return element;
};
const show = (id: string, visible: boolean) => {
  byId(id).hidden = !visible;
};
const write = (id: string, text: string) => {
  byId(id).textContent = text;
};

let session: Session = await host.session();
enter();

byId('door-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const { submitter } = event as SubmitEvent;
  const name = (byId('name') as HTMLInputElement).value;
  void attempt(async () => {
    session = await host.signIn(name, (submitter as HTMLButtonElement | null)?.value ?? 'student');
    enter();
  });
});
byId('sign-out').addEventListener('click', () => {
  void attempt(async () => {
    session = await host.signOut();
    enter();
  });
});
byId('file').addEventListener('change', () => {
  const input = byId('file') as HTMLInputElement;
  const file = input.files?.[0];
  input.value = '';
  if (file !== undefined) void handIn(file);
});
const drop = byId('hand-in');
drop.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void handIn(file);
});

function enter(): void {
  const { person, assignment, maxSizeBytes } = session;
  say();
  closePlayback(byId('player'));
  show('door', person === undefined);
  show('desk', person !== undefined);
  show('who', person !== undefined);
  if (person === undefined) return;
  write('who-name', person.userId.slice(person.userId.indexOf(':') + 1));
  write('assignment', assignment.title);
  write('max-size', megabytes(maxSizeBytes));
  write('list-title', person.role === 'teacher' ? 'Handed in' : 'Your videos');
  write(
    'empty',
    person.role === 'teacher' ? 'Nobody has handed in a video yet.' : 'You have not handed in a video yet.',
  );
  show('hand-in', person.role === 'student');
  void attempt(list);
}

async function handIn(file: File): Promise<void> {
  const controller = new AbortController();
  let ticket: UploadTicket | undefined;
  const onCancel = () => controller.abort(new Error('The upload was cancelled.'));
  byId('upload-abort').addEventListener('click', onCancel);
  show('hand-in', false);
  show('upload', true);
  say();
  write('upload-name', file.name);
  progress(0, file.size);
  try {
    state('Checking');
    const body = {
      contextId: session.assignment.contextId,
      fileName: file.name,
      sizeBytes: file.size,
      mimeType: file.type,
    };
    // The same rules as the server's, so that a wrong file is told at once; the server decides.
    const { userId } = session.person ?? { userId: 'nobody' };
    new Validator({ maxSizeBytes: session.maxSizeBytes }).validateUploadRequest({ ...body, userId });
    ticket = await host.getUploadUrl(body);
    state('Sending');
    await sendFile(ticket, file, {
      signal: controller.signal,
      onProgress: (sentBytes) => {
        state('Sending');
        progress(sentBytes, file.size);
      },
      onWaiting: () => state('The connection is broken; it goes on by itself'),
    });
    state('Confirming');
    progress(file.size, file.size);
    await untilReady(await host.confirmUpload(ticket.uploadReference));
    say(`“${file.name}” is handed in.`, true);
  } catch (error) {
    if (ticket !== undefined && controller.signal.aborted) await host.abortUpload(ticket.uploadReference);
    say(sentence(error));
  } finally {
    byId('upload-abort').removeEventListener('click', onCancel);
    show('upload', false);
    show('hand-in', true);
    // What was said of the upload stays on the page.
    await list().catch((error: unknown) => say(sentence(error)));
  }
}

async function untilReady(confirmed: VideoMetadata): Promise<void> {
  let video = confirmed;
  while (video.status === 'processing' && !video.playable) {
    state('Processing');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    video = await host.getVideo(confirmed.videoId);
  }
  if (video.status === 'failed') throw new Error(video.failure?.message ?? 'The video could not be processed.');
}

async function list(): Promise<void> {
  const { videos } = await host.listVideos();
  byId('videos').replaceChildren(...videos.map(row));
  show('empty', videos.length === 0);
}

function row(video: VideoMetadata): HTMLLIElement {
  const item = document.createElement('li');
  item.dataset['testid'] = 'video';
  const text = document.createElement('div');
  const title = document.createElement('div');
  title.className = 'title';
  title.textContent = video.fileName ?? video.videoId;
  const meta = document.createElement('div');
  meta.className = 'meta';
  meta.textContent = describe(video);
  text.append(title, meta);
  const actions = document.createElement('div');
  actions.className = 'actions';
  const play = button('Play', 'play', async () => {
    for (const other of byId('videos').children) other.classList.toggle('playing', other === item);
    await showPlayback(byId('player'), video.videoId);
    byId('player').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  });
  const remove = button('Delete', 'delete', async () => {
    await host.deleteVideo(video.videoId);
    closePlayback(byId('player'));
    await list();
  });
  remove.className = 'quiet';
  play.disabled = !video.playable;
  actions.append(play, remove);
  item.append(text, actions);
  return item;
}

function button(label: string, testId: string, work: () => Promise<void>): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = label;
  element.dataset['testid'] = testId;
  element.addEventListener('click', () => void attempt(work));
  return element;
}

function describe(video: VideoMetadata): string {
  const { person } = session;
  const student = video.userId?.slice(video.userId.indexOf(':') + 1);
  return [
    person?.role === 'teacher' ? student : undefined,
    video.durationSeconds === undefined ? undefined : clock(video.durationSeconds),
    video.sizeBytes === undefined ? undefined : megabytes(video.sizeBytes),
    video.playable ? undefined : 'processing',
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    say();
    await work();
  } catch (error) {
    say(sentence(error));
  }
}

function say(text = '', good = false): void {
  write('message', text);
  byId('message').classList.toggle('good', good);
  show('message', text !== '');
}

function state(text: string): void {
  write('upload-state', text);
}

function progress(sentBytes: number, totalBytes: number): void {
  const share = totalBytes === 0 ? 0 : Math.min(1, sentBytes / totalBytes);
  (byId('upload-progress') as HTMLProgressElement).value = share;
  write(
    'upload-bytes',
    `${megabytes(Math.min(sentBytes, totalBytes))} of ${megabytes(totalBytes)} · ${Math.floor(share * 100)} %`,
  );
}

function sentence(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'That did not work; please try again.';
}

function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
