import { expect, test } from 'vitest';
import { ScriptedUploader } from '../../test-support/scripted-uploader.ts';
import type { UploadPhase } from '../upload-handle.ts';
import { fileActions, neighbour } from './file-actions.ts';
import { fileWords, progressWords } from './progress-words.ts';
import { UploadWatch } from './upload-watch.ts';

const file = (name: string, size = 1000) => new File([new Uint8Array(size)], name, { type: 'video/mp4' });

function watched() {
  const uploader = new ScriptedUploader();
  const upload = uploader.upload(file('film.mp4'));
  const watch = new UploadWatch();
  const look = () =>
    watch
      .look(uploader.uploads)
      .map((change) =>
        change.kind === 'quarter'
          ? change.percent
          : `${change.handle[change.kind]}${change.isNew ? ' new' : ''}${change.isAnnounced ? ' announced' : ''}`,
      );
  return { uploader, upload, watch, look };
}

test('each phase is one change; short ones are not announced', () => {
  const { upload, look } = watched();
  expect([look(), look()]).toEqual([['waiting new announced'], []]);
  const phases: readonly UploadPhase[] = ['checking', 'asking', 'sending', 'paused', 'offline', 'confirming', 'ready'];
  const seen = phases.map((phase) => {
    upload.enter(phase);
    return look();
  });
  expect(seen).toEqual([
    ...[
      ['checking'],
      ['asking'],
      ['sending announced'],
      ['paused announced'],
      ['offline announced'],
      ['confirming'],
      ['ready announced'],
    ],
  ]);
});

test('a phase that returns after an unannounced one is not announced twice', () => {
  const { upload, look } = watched();
  look();
  upload.enter('sending');
  look();
  upload.enter('confirming');
  look();
  upload.enter('sending');
  expect(look()).toEqual(['sending']);
});

test('quarters are reported once, upward only, while bytes are sent, and never 100 %', () => {
  const { upload, look } = watched();
  upload.enter('sending');
  look();
  const seen = [0.249, 0.25, 0.3, 0.2, 0.26, 0.75, 0.5, 0.999, 1].map((share) => {
    upload.send(share);
    return look();
  });
  expect(seen).toEqual([[], [25], [], [], [], [75], [], [], []]);
  const { upload: paused, look: lookAt } = watched();
  paused.send(0.5);
  paused.enter('paused');
  expect(lookAt()).toEqual(['paused new announced']);
});

test('the removal that cancels an upload is a change, which is not announced; any other removal is not a change', () => {
  const removed = (phase: UploadPhase, then: UploadPhase) => {
    const { uploader, upload, look } = watched();
    upload.enter(phase);
    look();
    upload.enter(then);
    uploader.uploads = [];
    return [look(), look()];
  };
  expect(removed('waiting', 'aborted')).toEqual([['aborted'], []]);
  expect(removed('sending', 'aborted')).toEqual([['aborted'], []]);
  for (const phase of ['failed', 'aborted'] as const) expect(removed(phase, 'aborted')).toEqual([[], []]);
  for (const phase of ['processing', 'ready'] as const) expect(removed(phase, phase)).toEqual([[], []]);
});

test('an upload that is removed and another one are distinguished; an empty file has no quarters', () => {
  const { uploader, look } = watched();
  look();
  uploader.uploads = [];
  expect(look()).toEqual([]);
  const empty = uploader.upload(file('empty.mp4', 0));
  empty.enter('sending');
  expect(look()).toEqual(['sending new announced']);
});

test('only waiting uploads are neighbours, and the first and last have only one', () => {
  const { uploader, upload } = watched();
  const [b, c] = [uploader.upload(file('b.mp4')), uploader.upload(file('c.mp4'))];
  expect(neighbour(upload, uploader.uploads, 'down')).toBe(b);
  expect(neighbour(upload, uploader.uploads, 'up')).toBeUndefined();
  b.enter('sending');
  expect(neighbour(upload, uploader.uploads, 'down')).toBe(c);
  expect(neighbour(c, uploader.uploads, 'up')).toBe(upload);
  expect(neighbour(c, uploader.uploads, 'down')).toBeUndefined();
  expect([...fileActions(upload, uploader.uploads, false)]).toEqual(['remove', 'down']);
  expect([...fileActions(c, uploader.uploads, false)]).toEqual(['remove', 'up']);
});

test('progress for display is rounded down, and has speed and time only while bytes are sent', () => {
  const { upload } = watched();
  upload.send(0.999, 500, 2);
  const words = { fileName: 'film.mp4', sizeBytes: 1000, percent: 99, sentBytes: 999 };
  expect(progressWords(upload)).toEqual({ ...words, bytesPerSecond: 500, secondsLeft: 2 });
  upload.enter('paused');
  expect(progressWords(upload)).toEqual({ ...words, bytesPerSecond: 0 });
  upload.progress = { sentBytes: 0, totalBytes: 0, bytesPerSecond: 0 };
  expect(progressWords(upload).percent).toBe(0);
});

test('a file name for display has no marks that change the writing direction', () => {
  expect(fileWords({ name: 'a\u202egpj.mp4', sizeBytes: 1 })).toEqual({ fileName: 'agpj.mp4', sizeBytes: 1 });
});
