// @vitest-environment happy-dom
import {
  AccessError,
  BackendError,
  ContentMismatchError,
  RateLimitedError,
  ValidationError,
  Validator,
} from '@videostorage/core';
import { describe, expect, test, vi } from 'vitest';
import { ElementPage, videoFile } from '../../test-support/element-page.ts';
import { createHttpTransport } from '../create-http-transport.ts';
import { VideoStorageUploaderElement } from './video-storage-uploader-element.ts';

const READY = {
  videoId: 'v1',
  backendName: 'local',
  status: 'ready',
  playable: true,
  createdAt: '2026-01-01T00:00:00.000Z',
} as const;

describe('the list', () => {
  test('has a row for each chosen file, also for the second of two', () => {
    const page = new ElementPage();
    page.choose('one.mp4', 'two.mp4');
    expect(page.names()).toEqual(['one.mp4', 'two.mp4']);
    expect(page.uploader.uploads.map(({ file }) => file.name)).toEqual(['one.mp4', 'two.mp4']);
    expect(page.root.querySelector('[part=choose]')?.textContent).toBe('Choose videos');
  });

  test('lets the same file be chosen again: the file dialog is cleared', () => {
    const page = new ElementPage();
    page.choose('one.mp4');
    expect(page.root.querySelector('input')?.value).toBe('');
  });

  test('shows percent, speed and time left below the bar, and spells them out in its value text', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(0.459, 4_200_000, 95);
    const bar = page.row('film.mp4').querySelector('[role=progressbar]');
    expect(page.row('film.mp4').querySelector('[part=state]')?.textContent).toBe(
      'Uploading · 45 % · 4.2 MB/s · 2 min left',
    );
    expect(bar?.getAttribute('aria-valuenow')).toBe('45');
    expect(bar?.getAttribute('aria-valuetext')).toBe('45 percent, 459 bytes of 1 kB, 2 min left');
    const label = bar?.getAttribute('aria-labelledby');
    expect(page.root.getElementById(label ?? '')?.textContent).toBe('film.mp4');
    expect(page.row('film.mp4').getAttribute('aria-labelledby')).toBe(label);
    expect(bar?.querySelector<HTMLElement>('[part=fill]')?.style.transform).toBe('scaleX(0.45)');
  });

  test('does not move rows that are in their places: the focus would be lost', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4', 'c.mp4');
    const list = page.root.querySelector('[part=list]');
    const moved = list === null ? undefined : vi.spyOn(list, 'insertBefore');
    page.uploader.uploads[0]?.send(0.5);
    expect(moved).not.toHaveBeenCalled();
    page.button('c.mp4', 'Move up').click();
    expect(moved).toHaveBeenCalledTimes(1);
  });

  test('does not show a progress of 99.99 % as 100 %', () => {
    const page = new ElementPage();
    page.element.addFiles([videoFile('film.mp4', 100_000)]);
    page.uploader.uploads[0]?.send(0.99999);
    expect(page.row('film.mp4').querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('99');
  });

  test.each([
    ['waiting', ['Remove'], 'Waiting', false],
    ['checking', ['Pause', 'Cancel'], 'Checking the file', false],
    ['asking', ['Pause', 'Cancel'], 'Preparing', false],
    ['sending', ['Pause', 'Cancel'], 'Uploading · 0 %', true],
    ['paused', ['Resume', 'Cancel'], 'Paused · 0 %', true],
    ['offline', ['Pause', 'Cancel'], 'No connection. The upload continues when it is back · 0 %', true],
    ['confirming', ['Cancel'], 'Finishing · 0 %', true],
    ['processing', ['Remove'], 'Uploaded. The video is being processed', false],
    ['ready', ['Remove'], 'Ready', false],
    ['aborted', ['Remove'], 'Cancelled', false],
  ] as const)('in the phase %s: the buttons %j', (phase, labels, state, hasBar) => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.enter(phase);
    expect(page.labels('film.mp4')).toEqual(labels);
    expect(page.row('film.mp4').querySelector('[part=state]')?.textContent).toBe(state);
    expect(page.row('film.mp4').querySelector<HTMLElement>('[role=progressbar]')?.hidden).toBe(!hasBar);
  });

  test.each([
    ['sending', ['Pause', 'Cancel']],
    ['confirming', ['Cancel']],
    ['processing', ['Remove']],
  ] as const)('without a network while %s: the buttons that have an effect, %j', (phase, labels) => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.enter(phase);
    page.uploader.uploads[0]?.enter('offline');
    expect(page.labels('film.mp4')).toEqual(labels);
  });

  test('has an accessible name, and no button that would submit a form around the element', () => {
    const page = new ElementPage();
    page.uploader.unfinished = [{ uploadReference: 'r1', fileName: 'old.mp4', sizeBytes: 1 }];
    page.choose('film.mp4');
    expect(page.root.querySelector('[part=list]')?.getAttribute('aria-label')).toBe('Uploads');
    const bar = page.row('film.mp4').querySelector('[role=progressbar]');
    const label = page.root.getElementById(bar?.getAttribute('aria-labelledby') ?? '');
    expect(label?.textContent).toBe('film.mp4');
    const types = [...page.root.querySelectorAll('button')].map((button) => button.getAttribute('type'));
    expect(types.length).toBeGreaterThan(7);
    expect(new Set(types)).toEqual(new Set(['button']));
  });

  test('names the file in the accessible name of each button, after its visible label', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(0);
    expect(page.button('film.mp4', 'Pause').getAttribute('aria-label')).toBe('Pause: film.mp4');
  });
});

describe('buttons', () => {
  test('pause, resume and cancel', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(0.2);
    page.button('film.mp4', 'Pause').click();
    page.button('film.mp4', 'Resume').click();
    page.button('film.mp4', 'Cancel').click();
    expect(page.uploader.uploads[0]?.calls).toEqual(['pause', 'resume', 'abort']);
  });

  test('“Try again” resumes a failed upload, and is offered only where another attempt may help', () => {
    const page = new ElementPage();
    page.choose('film.mp4', 'notes.mp4');
    const [film, notes] = page.uploader.uploads;
    film?.enter('failed', { error: new BackendError('BACKEND_UNAVAILABLE', 'No answer.') });
    notes?.enter('failed', { error: new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'Not a video.' }) });
    expect(page.labels('film.mp4')).toEqual(['Try again', 'Remove']);
    expect(page.labels('notes.mp4')).toEqual(['Remove']);
    page.button('film.mp4', 'Try again').click();
    expect(film?.calls).toEqual(['resume']);
    expect(page.row('film.mp4').querySelector<HTMLElement>('[part=sentence]')?.hidden).toBe(true);
  });

  test('waiting uploads can be moved, and only among each other', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4', 'c.mp4');
    page.uploader.uploads[0]?.send(0.1);
    expect(page.labels('b.mp4')).toEqual(['Move down', 'Remove']);
    expect(page.labels('c.mp4')).toEqual(['Move up', 'Remove']);
    page.button('c.mp4', 'Move up').click();
    expect(page.names()).toEqual(['a.mp4', 'c.mp4', 'b.mp4']);
    expect(page.announced().at(-1)).toBe('c.mp4 is now number 1 of 2.');
    page.button('c.mp4', 'Move down').click();
    expect(page.names()).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
  });

  test('the row of an upload is the same node after a move, and gone after a removal', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4');
    const row = page.row('b.mp4');
    page.button('b.mp4', 'Move up').click();
    expect(page.row('b.mp4')).toBe(row);
    page.button('b.mp4', 'Remove').click();
    expect(page.names()).toEqual(['a.mp4']);
    expect(page.announced().at(-1)).toBe('b.mp4 is removed from the list.');
  });
});

describe('error messages name the file', () => {
  test.each([
    [
      new ValidationError([
        { path: 'mimeType', code: 'TYPE_NOT_ALLOWED', message: 'No.' },
        { path: 'sizeBytes', code: 'FILE_EMPTY', message: 'The file is empty.' },
      ]),
      '“notes.txt” is not a video that is accepted here. Please choose MP4, QuickTime (MOV), 3GP, 3G2 or others. “notes.txt” is empty.',
    ],
    [
      new ValidationError([{ path: 'fileName', code: 'RULE', message: 'Only before noon.' }]),
      '“notes.txt” was not uploaded: Only before noon.',
    ],
    [
      new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'Not a video.' }),
      'What is in “notes.txt” is not a video.',
    ],
    [
      new ContentMismatchError({ code: 'UNKNOWN', message: 'It has 5 bytes more.' }),
      '“notes.txt” was refused: It has 5 bytes more.',
    ],
    [
      new RateLimitedError({ scope: 'user', limit: 10, windowSeconds: 60, retryAfterMs: 41_200 }),
      '“notes.txt” has to wait: too many uploads in a short time. Please try again in 42 s.',
    ],
    [new AccessError('UNAUTHENTICATED'), 'You are not signed in. Please sign in, then try “notes.txt” again.'],
  ])('%s', async (error, sentence) => {
    const page = new ElementPage();
    page.element.validator = new Validator();
    await page.knowsWhatIsAccepted();
    page.choose('notes.txt');
    page.uploader.uploads[0]?.enter('failed', { error });
    expect(page.row('notes.txt').querySelector('[part=sentence]')?.textContent).toBe(sentence);
    expect(page.announced().at(-1)).toBe(sentence);
  });
});

describe('files that are too many', () => {
  test('are refused by name when the list is full; failed and cancelled uploads do not count', () => {
    const page = new ElementPage({ 'max-videos': '1' });
    page.choose('one.mp4', 'two.mp4');
    expect(page.uploader.uploads.length).toBe(1);
    expect(page.row('two.mp4').querySelector('[part=sentence]')?.textContent).toBe(
      '“two.mp4” was not added: one video is accepted here.',
    );
    expect(page.events).toEqual(['upload-started', 'file-refused']);
    page.button('two.mp4', 'Remove').click();
    expect(page.names()).toEqual(['one.mp4']);
    page.uploader.uploads[0]?.enter('aborted');
    page.choose('three.mp4');
    expect(page.uploader.uploads.length).toBe(2);
    expect(page.root.querySelector('[part=choose]')?.textContent).toBe('Choose a video');
  });

  test('are not taken while the element is disabled', () => {
    const page = new ElementPage({ disabled: '' });
    page.choose('one.mp4');
    page.element.addFiles([videoFile('two.mp4')]);
    expect(page.uploader.uploads).toEqual([]);
    expect(page.root.querySelector<HTMLButtonElement>('[part=choose]')?.disabled).toBe(true);
  });
});

describe('upload-started', () => {
  test('carries the File, once for each of several that were chosen at once', () => {
    const page = new ElementPage();
    const started: [string, File | undefined][] = [];
    page.element.addEventListener('upload-started', ({ detail: { handle, file } }) => {
      started.push([handle.file.name, file]);
    });
    const files = [videoFile('one.mp4'), videoFile('two.mp4')];
    page.element.addFiles(files);
    expect(started).toEqual([
      ['one.mp4', files[0]],
      ['two.mp4', files[1]],
    ]);
    expect(started[0]?.[1]).toBe(files[0]);
  });

  test('has no File when the page began the upload in a shared queue', () => {
    const page = new ElementPage();
    const started: (File | undefined)[] = [];
    page.element.addEventListener('upload-started', ({ detail: { file } }) => started.push(file));
    page.uploader.upload(videoFile('one.mp4'));
    expect(started).toEqual([undefined]);
  });
});

describe('settings', () => {
  test('of attributes and properties are passed with each upload', () => {
    const page = new ElementPage({ 'context-id': 'week-3', 'max-duration-seconds': '600' });
    page.element.custom = { lesson: '3' };
    page.choose('film.mp4');
    expect(page.uploader.uploads[0]?.options).toEqual({
      contextId: 'week-3',
      maxDurationSeconds: 600,
      custom: { lesson: '3' },
      uploadReference: undefined,
    });
  });

  test('of the context filter a shared queue, whose earlier events are neither announced nor reported', () => {
    const first = new ElementPage();
    first.uploader.upload(videoFile('mine.mp4'), { contextId: 'week-3' });
    first.uploader.upload(videoFile('other.mp4'), { contextId: 'week-4' });
    const page = new ElementPage({ 'context-id': 'week-3' });
    page.element.uploader = first.uploader;
    expect(page.names()).toEqual(['mine.mp4']);
    expect(page.events).toEqual([]);
    expect(page.announced()).toEqual([]);
  });

  test('when the context changes, and changes back, no upload of either is reported again', () => {
    const page = new ElementPage({ 'context-id': 'week-3' });
    page.choose('mine.mp4');
    page.uploader.upload(videoFile('other.mp4'), { contextId: 'week-4' });
    page.uploader.uploads[1]?.enter('ready', { video: READY });
    const announced = page.announced();
    page.element.setAttribute('context-id', 'week-4');
    expect(page.names()).toEqual(['other.mp4']);
    page.uploader.uploads[0]?.send(0.1);
    page.element.setAttribute('context-id', 'week-3');
    page.uploader.uploads[0]?.send(0.2);
    expect([page.events, page.announced()]).toEqual([['upload-started'], announced]);
    page.uploader.uploads[0]?.enter('ready', { video: READY });
    expect(page.events).toEqual(['upload-started', 'upload-ready']);
  });

  test('that are not whole numbers are refused with the name of the attribute', () => {
    const page = new ElementPage();
    expect(() => page.element.setAttribute('max-videos', '1.5')).toThrow(
      '<video-storage-uploader>: the attribute max-videos must be a whole number of 1 or more, but is "1.5".',
    );
  });

  test('set before the element was defined are applied', () => {
    const { uploader } = new ElementPage();
    const transport = createHttpTransport('/api/video');
    const given = {
      uploader,
      transport,
      validator: new Validator(),
      custom: { lesson: '3' },
      texts: { choose: 'Wählen' },
    };
    const element = document.createElement('video-storage-uploader');
    for (const [name, value] of Object.entries(given)) {
      Object.defineProperty(element, name, { value, configurable: true, writable: true });
    }
    document.body.append(element);
    expect(element).toMatchObject(given);
    expect(Object.keys(given).filter((name) => Object.hasOwn(element, name))).toEqual([]);
    element.addFiles([videoFile('film.mp4')]);
    expect(uploader.uploads[0]?.options.custom).toEqual({ lesson: '3' });
  });

  test('a queue of the page stays open when the element leaves the page, and has no listener after another replaced it', async () => {
    const page = new ElementPage();
    page.element.remove();
    await Promise.resolve();
    expect(page.uploader.isClosed).toBe(false);
    const next = new ElementPage();
    page.element.uploader = next.uploader;
    expect(page.uploader.listeners).toBe(0);
  });
});

describe('texts', () => {
  test('can be replaced one by one, also while rows are shown', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(0.5, 1_000_000);
    page.element.texts = {
      choose: 'Videos auswählen',
      actions: { pause: 'Anhalten' },
      phases: { sending: 'Wird gesendet' },
      progress: ({ percent }) => `${percent} Prozent`,
      failures: { FILE_EMPTY: ({ fileName }) => `„${fileName}“ ist leer.` },
    };
    expect(page.root.querySelector('[part=choose]')?.textContent).toBe('Videos auswählen');
    expect(page.labels('film.mp4')).toEqual(['Anhalten', 'Cancel']);
    expect(page.row('film.mp4').querySelector('[part=state]')?.textContent).toBe('Wird gesendet · 50 Prozent');
    const error = new ValidationError([{ path: 'sizeBytes', code: 'FILE_EMPTY', message: 'The file is empty.' }]);
    page.uploader.uploads[0]?.enter('failed', { error });
    expect(page.row('film.mp4').querySelector('[part=sentence]')?.textContent).toBe('„film.mp4“ ist leer.');
  });
});

describe('events', () => {
  test('are dispatched once each, with the upload, the video and the message', () => {
    const page = new ElementPage();
    const seen: unknown[] = [];
    page.element.addEventListener('upload-ready', ({ detail }) => seen.push(detail.video));
    page.element.addEventListener('upload-failed', ({ detail }) => seen.push(detail.sentence));
    page.choose('a.mp4', 'b.mp4', 'c.mp4');
    const [a, b, c] = page.uploader.uploads;
    a?.send(0.5);
    a?.enter('ready', { video: READY });
    a?.enter('ready', { video: READY });
    b?.enter('failed', { error: new AccessError('ACCESS_DENIED') });
    c?.enter('aborted');
    expect(page.events).toEqual([
      ...['upload-started', 'upload-started', 'upload-started'],
      ...['upload-ready', 'upload-failed', 'upload-cancelled'],
    ]);
    expect(seen).toEqual([READY, 'You may not upload “b.mp4” here.']);
  });
});

test('T-L1: a hostile file name is text, without marks that change the writing direction', () => {
  const page = new ElementPage();
  const name = '<img src=x onerror=alert(1)>\u202egpj.mp4';
  page.choose(name);
  page.uploader.uploads[0]?.enter('failed', { error: new AccessError('ACCESS_DENIED') });
  expect(page.names()).toEqual(['<img src=x onerror=alert(1)>gpj.mp4']);
  expect(page.root.querySelector('img')).toBeNull();
});

test('defining the element twice has no effect', async () => {
  const { defineUploaderElement } = await import('./define-uploader-element.ts');
  defineUploaderElement();
  expect(customElements.get('video-storage-uploader')).toBe(VideoStorageUploaderElement);
});
