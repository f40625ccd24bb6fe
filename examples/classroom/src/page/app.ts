import type { VideoMetadata } from '@videostorage/core';
import { HandIn } from './hand-in.ts';
import { host, type Session } from './host.ts';
import { byId, say, show, write } from './page-elements.ts';
import { nameOf, readableSize, sentence } from './sentences.ts';
import { closePlayback, showPlayback } from './show-playback.ts';
import { VideoList } from './video-list.ts';

let handIn: HandIn | undefined;
let list: VideoList | undefined;
/** The video that this browser handed in last: a failure found later is told too. */
let lastHandedIn: string | undefined;

listenToDoor();
listenToFiles();
listenToPlayer();
await attempt(async () => enter(await host.session()));

function listenToDoor(): void {
  byId('door-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const { submitter } = event as SubmitEvent;
    const name = (byId('name') as HTMLInputElement).value;
    void attempt(async () => {
      enter(await host.signIn(name, (submitter as HTMLButtonElement | null)?.value ?? 'student'));
      byId('assignment').focus();
    });
  });
  byId('sign-out').addEventListener('click', () => {
    void attempt(async () => {
      enter(await host.signOut());
      byId('name').focus();
    });
  });
}

function listenToFiles(): void {
  const input = byId('file') as HTMLInputElement;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file !== undefined) void handIn?.start(file);
  });
  byId('upload-abort').addEventListener('click', () => handIn?.cancel());
  byId('unfinished-forget').addEventListener('click', () => void attempt(async () => handIn?.forget()));
  const drop = byId('hand-in');
  // A file that misses the field would take the place of the page.
  for (const type of ['dragover', 'drop'] as const) document.addEventListener(type, (event) => event.preventDefault());
  drop.addEventListener('dragover', () => drop.classList.add('over'));
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    drop.classList.remove('over');
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void handIn?.start(file);
  });
}

function listenToPlayer(): void {
  byId('player-close').addEventListener('click', () => {
    closePlayback();
    list?.mark(undefined);
  });
}

function enter(session: Session): void {
  const { person, assignment, maxSizeBytes, storedAt } = session;
  say();
  handIn?.leave();
  list?.close();
  handIn = undefined;
  list = undefined;
  closePlayback();
  show('door', person === undefined);
  for (const id of ['who', 'desk', 'shelf']) show(id, person !== undefined);
  write('stored-at', storedAt);
  if (person === undefined) return;
  const isTeacher = person.role === 'teacher';
  write('who-name', nameOf(person.userId));
  write('who-role', person.role);
  write('assignment', assignment.title);
  write('max-size', readableSize(maxSizeBytes));
  show('hand-in', !isTeacher);
  const shown = new VideoList({ isTeacher, play, remove, onVideos: tellFailure });
  list = shown;
  if (!isTeacher) {
    handIn = new HandIn({ ...session, person }, (video) => {
      lastHandedIn = video.videoId;
      return shown.refresh();
    });
  }
  void attempt(() => shown.refresh());
}

function play(video: VideoMetadata): void {
  void attempt(async () => {
    list?.mark(video.videoId);
    write('player-title', video.fileName ?? 'Video');
    await showPlayback(video.videoId, say);
    byId('player').scrollIntoView({ block: 'nearest' });
    byId('player-title').focus({ preventScroll: true });
  });
}

function remove(video: VideoMetadata): void {
  write('sure-title', `Delete “${video.fileName ?? 'this video'}”?`);
  const dialog = byId('sure') as HTMLDialogElement;
  dialog.returnValue = 'keep';
  dialog.onclose = () => {
    if (dialog.returnValue !== 'delete') return;
    void attempt(async () => {
      await host.deleteVideo(video.videoId);
      closePlayback();
      await list?.refresh();
      say(`“${video.fileName ?? 'The video'}” is deleted.`, 'good');
      byId('list-title').focus();
    });
  };
  dialog.showModal();
}

function tellFailure(videos: readonly VideoMetadata[]): void {
  const video = videos.find(({ videoId }) => videoId === lastHandedIn);
  if (video === undefined || video.status === 'processing') return;
  lastHandedIn = undefined;
  if (video.status === 'failed') say(`“${video.fileName ?? 'The video'}”: ${video.failure?.message ?? 'it failed.'}`);
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    say();
    await work();
  } catch (error) {
    say(sentence(error));
  }
}
