// @vitest-environment happy-dom
import { AccessError, BackendError, Validator } from '@videostorage/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ElementPage, videoFile } from '../../test-support/element-page.ts';
import { ScriptedUploader } from '../../test-support/scripted-uploader.ts';
import type { UploadTransport } from '../upload-transport.ts';
import { DEFAULT_SETTINGS, type ElementSettings, elementSettings } from './element-settings.ts';
import { VideoStorageUploaderElement } from './index.ts';
import { acceptedFiles, ownQueue, validatorOf } from './own-queue.ts';

describe('the accepted types', () => {
  test.each([
    ['video/mp4, .WEBM', ['video/mp4', 'video/webm']],
    ['.m4v', ['video/mp4']],
    ['video/x-msvideo', ['video/x-msvideo']],
    ['', ['video/mp4', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'video/webm', 'video/matroska']],
    [
      'video/*,video/mp4',
      ['video/mp4', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'video/webm', 'video/matroska'],
    ],
  ])('accept="%s"', (accept, mimeTypes) => {
    expect(validatorOf({ ...DEFAULT_SETTINGS, accept }).mimeTypes.slice(0, 6)).toEqual(mimeTypes);
  });

  test('a type that is not a video type is refused, not ignored', () => {
    expect(() => validatorOf({ ...DEFAULT_SETTINGS, accept: 'video/mp4,image/png' })).toThrow(/mimeTypes/);
  });

  test('are shown to users, and passed to the file dialog with their extensions', () => {
    const validator = validatorOf({ ...DEFAULT_SETTINGS, accept: 'video/webm', maxSizeBytes: 7 });
    expect(acceptedFiles(validator)).toEqual({ types: ['WebM'], maxSizeBytes: 7, dialog: 'video/*,.webm' });
  });
});

describe('the attributes', () => {
  const made = (attributes: Readonly<Record<string, string>>) => {
    const element = new VideoStorageUploaderElement();
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    const { settings, problem } = elementSettings(element);
    if (problem !== undefined) throw problem;
    return settings;
  };
  const numbers = {
    ...{ 'max-size-bytes': 'maxSizeBytes', 'max-files': 'maxFiles', 'max-parts': 'maxParts' },
    ...{ 'max-videos': 'maxVideos', 'max-duration-seconds': 'maxDurationSeconds' },
  };

  test('have the defaults of an element without attributes', () => {
    expect(made({})).toEqual({ endpoint: '/api/video', maxVideos: Number.POSITIVE_INFINITY, guardUnload: false });
    expect(made({})).toEqual(DEFAULT_SETTINGS);
  });

  test.each(Object.entries(numbers))('%s is a whole number of 1 or more', (name, member) => {
    expect(made({ [name]: '7' })).toEqual({ ...DEFAULT_SETTINGS, [member]: 7 });
    for (const wrong of ['0', '-1', '1.5', '', '1e3', '12345678901234567']) {
      expect(() => made({ [name]: wrong })).toThrow(
        `<video-storage-uploader>: the attribute ${name} must be a whole number of 1 or more, but is "${wrong}".`,
      );
    }
  });

  test.each(Object.entries(numbers))('%s keeps its previous value when it is wrong', (name, member) => {
    const element = new VideoStorageUploaderElement();
    for (const other of Object.keys(numbers)) element.setAttribute(other, other === name ? '7' : '8');
    const { settings: before } = elementSettings(element);
    expect(() => element.setAttribute(name, 'many')).toThrow(RangeError);
    const { settings, problem } = elementSettings(element, before);
    expect([settings, problem]).toEqual([{ ...before, [member]: 7 }, expect.any(RangeError)]);
  });

  test('that are wrong keep their previous value, and other ones still take effect', () => {
    const page = new ElementPage({ 'context-id': 'a', 'max-videos': '2', 'max-duration-seconds': '60' });
    const set = (name: string, value: string) => () => page.element.setAttribute(name, value);
    for (const [name, value] of [
      ['max-videos', '0'],
      ['max-duration-seconds', 'long'],
      ['context-id', 'b'],
    ] as const) {
      expect(set(name, value)).toThrow('the attribute max-videos must be a whole number');
    }
    page.choose('1.mp4', '2.mp4', '3.mp4');
    const asked = page.uploader.uploads.map(({ options }) => [options.contextId, options.maxDurationSeconds]);
    expect(asked).toEqual(Array(2).fill(['b', 60]));
    expect(() => page.element.removeAttribute('max-videos')).toThrow('the attribute max-duration-seconds');
    page.element.removeAttribute('max-duration-seconds');
    page.choose('4.mp4');
    expect(page.uploader.uploads[2]?.options.maxDurationSeconds).toBeUndefined();
  });

  test('limits other attempts too: they are offered only while the list has a place', () => {
    const page = new ElementPage({ 'max-videos': '1' });
    page.choose('one.mp4');
    page.uploader.uploads[0]?.enter('failed', { error: new BackendError('BACKEND_UNAVAILABLE', 'away') });
    expect(page.labels('one.mp4')).toEqual(['Try again', 'Remove']);
    page.choose('two.mp4');
    expect([page.labels('one.mp4'), page.uploader.uploads.length]).toEqual([['Remove'], 2]);
    page.uploader.uploads[1]?.enter('aborted');
    expect(page.labels('one.mp4')).toEqual(['Try again', 'Remove']);
  });

  test('are unchanged texts', () => {
    expect(made({ endpoint: '/v', 'context-id': '', accept: '.mp4', 'guard-unload': '' })).toEqual({
      ...{ ...DEFAULT_SETTINGS, endpoint: '/v', contextId: '', accept: '.mp4', guardUnload: true },
    });
  });

  test('are all observed', () => {
    expect(VideoStorageUploaderElement.observedAttributes).toEqual([
      ...['endpoint', 'accept', 'max-size-bytes', 'max-files', 'max-parts', 'guard-unload'],
      ...['context-id', 'max-videos', 'max-duration-seconds', 'disabled'],
    ]);
  });
});

describe('the element’s own queue', () => {
  /** A host app that refuses everything; the element's requests to it are recorded. */
  const refusing = (): UploadTransport & { readonly asked: string[] } => {
    const asked: string[] = [];
    const refuse = (name: string) => () => {
      asked.push(name);
      return Promise.reject(new AccessError('ACCESS_DENIED'));
    };
    return {
      asked,
      getUploadUrl: refuse('getUploadUrl'),
      getUpload: refuse('getUpload'),
      signParts: refuse('signParts'),
      confirmUpload: refuse('confirmUpload'),
      abortUpload: refuse('abortUpload'),
      getVideo: refuse('getVideo'),
    };
  };
  const placed = (attributes: Readonly<Record<string, string>>, transport: UploadTransport) => {
    const element = new VideoStorageUploaderElement();
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.transport = transport;
    document.body.replaceChildren(element);
    return element;
  };
  const sentences = (element: VideoStorageUploaderElement) =>
    [...(element.shadowRoot?.querySelectorAll('[part=sentence]') ?? [])].map((line) => line.textContent);
  afterEach(() => {
    vi.doUnmock('./own-queue.ts');
    document.body.replaceChildren();
  });

  test('checks files that were added before it was loaded, and shows why they are refused', async () => {
    vi.stubGlobal('HTMLVideoElement', undefined);
    const transport = refusing();
    const element = placed({ accept: 'video/mp4' }, transport);
    element.addFiles([videoFile('film.webm'), videoFile('notes.txt')]);
    expect(element.uploader).toBeUndefined();
    await expect
      .poll(() => sentences(element), { timeout: 20_000 })
      .toEqual([
        '“film.webm” is not a video that is accepted here. Please choose MP4.',
        '“notes.txt” is not a video that is accepted here. Please choose MP4.',
      ]);
    expect(transport.asked).toEqual([]);
  });

  test('is not created for an element that left the page while its modules loaded', async () => {
    const element = placed({}, refusing());
    element.remove();
    await import('./own-queue.ts');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(element.uploader).toBeUndefined();
    document.body.append(element);
    await expect.poll(() => element.uploader, { interval: 5 }).toBeDefined();
  });

  test('is created from the attributes, within their limits', () => {
    const guarded = vi.spyOn(window, 'addEventListener');
    const make = (settings: Partial<ElementSettings>) =>
      ownQueue({ ...DEFAULT_SETTINGS, ...settings }, new Validator(), refusing());
    const types = () => guarded.mock.calls.map(([type]) => type);
    for (const guardUnload of [false, true]) {
      const uploader = make({ guardUnload });
      uploader.upload(videoFile('film.mp4'));
      expect(types().includes('beforeunload')).toBe(guardUnload);
      uploader.close();
    }
    expect(() => make({ maxFiles: 11 })).toThrow('`maxFiles`');
    expect(() => make({ maxParts: 17 })).toThrow('`maxParts`');
  });

  test('that cannot be loaded refuses the files with the reason, and is loaded again with the next file', async () => {
    vi.doMock('./own-queue.ts', () => {
      throw new Error('Failed to fetch dynamically imported module');
    });
    const element = placed({ accept: 'video/mp4' }, refusing());
    element.addFiles([videoFile('film.mp4')]);
    await expect
      .poll(() => sentences(element), { timeout: 20_000, interval: 5 })
      .toEqual(['“film.mp4” could not be uploaded, because the server did not answer correctly. Please try again.']);
    expect(element.uploader).toBeUndefined();
    vi.doUnmock('./own-queue.ts');
    element.addFiles([videoFile('notes.txt')]);
    await expect.poll(() => element.uploader, { interval: 5 }).toBeDefined();
    expect(element.uploader?.uploads.map(({ file }) => file.name)).toEqual(['notes.txt']);
  });

  test('is replaced when the settings change, or later if it still has uploads', async () => {
    const element = placed({}, refusing());
    await expect.poll(() => element.uploader).toBeDefined();
    const first = element.uploader;
    element.setAttribute('max-files', '1');
    await expect.poll(() => element.uploader === first).toBe(false);
    const second = element.uploader;
    element.addFiles([videoFile('notes.txt')]);
    element.setAttribute('max-files', '3');
    await expect.poll(() => sentences(element).length, { timeout: 20_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(element.uploader).toBe(second);
    for (const handle of second?.uploads ?? []) await second?.remove(handle);
    await expect.poll(() => element.uploader === second).toBe(false);
  });

  test('is replaced by one of the page, whose accepted files are not known', async () => {
    const element = placed({ accept: 'video/mp4' }, refusing());
    const isHidden = () => element.shadowRoot?.querySelector<HTMLElement>('[part=accepted]')?.hidden;
    await expect.poll(isHidden).toBe(false);
    element.uploader = new ScriptedUploader();
    expect(isHidden()).toBe(true);
  });

  test('is unchanged when it is set to itself, and its uploads continue', async () => {
    const element = placed({}, refusing());
    await expect.poll(() => element.uploader).toBeDefined();
    const own = element.uploader;
    element.addFiles([videoFile('film.mp4')]);
    element.uploader = own;
    expect([element.uploader === own, own?.uploads[0]?.phase]).toEqual([true, 'checking']);
    element.remove();
    await Promise.resolve();
    expect([element.uploader, own?.uploads[0]?.phase]).toEqual([undefined, 'paused']);
  });

  test('reports a waiting file that the user removes as cancelled', async () => {
    const element = placed({ 'max-files': '1' }, refusing());
    await expect.poll(() => element.uploader).toBeDefined();
    const heard: string[] = [];
    for (const name of ['upload-started', 'upload-cancelled'] as const) {
      element.addEventListener(name, ({ detail }) => heard.push(`${name} ${detail.handle.file.name}`));
    }
    element.addFiles([videoFile('a.mp4'), videoFile('b.mp4')]);
    const [, row] = element.shadowRoot?.querySelectorAll('[part=list] li') ?? [];
    row?.querySelector<HTMLElement>('[part~=remove]')?.click();
    expect(heard).toEqual(['upload-started a.mp4', 'upload-started b.mp4', 'upload-cancelled b.mp4']);
  });

  test('continues when the element is moved, and is closed when it leaves the page', async () => {
    const element = placed({}, refusing());
    await expect.poll(() => element.uploader).toBeDefined();
    const own = element.uploader;
    const place = document.createElement('div');
    document.body.append(place);
    place.append(element);
    await Promise.resolve();
    expect(element.uploader).toBe(own);
    element.remove();
    await Promise.resolve();
    expect(element.uploader).toBeUndefined();
  });
});

test('a queue of the page does not keep a removed element in memory, and shows its changes when the element is inserted again', async () => {
  const page = new ElementPage();
  const asked = vi.spyOn(page.uploader, 'resumable');
  page.choose('film.mp4');
  const [upload] = page.uploader.uploads;
  document.body.replaceChildren();
  document.body.append(page.element);
  await Promise.resolve();
  expect(page.uploader.listeners).toBe(1);
  upload?.send(0.5);
  page.element.remove();
  await Promise.resolve();
  expect(page.uploader.listeners).toBe(0);
  upload?.enter('ready');
  page.element.uploader = page.uploader;
  expect([page.uploader.listeners, asked.mock.calls.length]).toEqual([0, 0]);
  document.body.append(page.element);
  expect([page.uploader.listeners, asked.mock.calls.length]).toEqual([1, 1]);
  expect(page.row('film.mp4').dataset['phase']).toBe('ready');
  expect(page.events).toEqual(['upload-started']);
});

test('unfinished uploads are requested again when the network is back, while the element is in a page', async () => {
  const page = new ElementPage();
  const away = new BackendError('BACKEND_UNAVAILABLE', 'away');
  const asked = vi.spyOn(page.uploader, 'resumable').mockRejectedValueOnce(away);
  page.uploader.unfinished = [{ uploadReference: 'r', fileName: 'old.mp4', sizeBytes: 1 }];
  const shown = () => page.root.querySelectorAll('[part=unfinished] li').length;
  window.dispatchEvent(new Event('online'));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(shown()).toBe(0);
  window.dispatchEvent(new Event('online'));
  await vi.waitUntil(() => shown() === 1);
  expect(asked).toHaveBeenCalledTimes(2);
  page.element.remove();
  await Promise.resolve();
  window.dispatchEvent(new Event('online'));
  expect(asked).toHaveBeenCalledTimes(2);
});

test.each(['processing', 'ready', 'failed', 'aborted'] as const)(
  'unfinished uploads are requested again when an upload is %s, since it is one of them, or no longer',
  (phase) => {
    const page = new ElementPage();
    page.choose('film.mp4');
    const asked = vi.spyOn(page.uploader, 'resumable');
    page.uploader.uploads[0]?.send(0.5);
    expect(asked).not.toHaveBeenCalled();
    page.uploader.uploads[0]?.enter(phase);
    expect(asked).toHaveBeenCalledTimes(1);
  },
);

test('unfinished uploads of an earlier context are not shown when their answer comes after that of a later one', async () => {
  const page = new ElementPage({ 'context-id': 'a' });
  const unfinished = ['a', 'b'].map((contextId) => ({
    ...{ uploadReference: contextId, fileName: `${contextId}.mp4`, sizeBytes: 1, contextId },
  }));
  const answers: (() => void)[] = [];
  vi.spyOn(page.uploader, 'resumable').mockImplementation(
    () => new Promise((resolve) => answers.push(() => resolve(unfinished))),
  );
  const shown = () => [...page.root.querySelectorAll('[part=unfinished] [part=state]')].map((line) => line.textContent);
  page.element.setAttribute('context-id', 'a2');
  page.element.setAttribute('context-id', 'a');
  page.element.setAttribute('context-id', 'b');
  const [, earlier, later] = answers;
  for (const answer of [later, earlier]) {
    answer?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(shown()).toEqual([expect.stringContaining('b.mp4')]);
  }
});

test('an upload is moved among those of its context, and keeps its place after those of others', () => {
  const page = new ElementPage({ 'context-id': 'a' });
  for (const name of ['x.mp4', 'y.mp4']) page.uploader.upload(videoFile(name), { contextId: 'b' });
  page.choose('one.mp4', 'two.mp4');
  const order = () => page.uploader.uploads.map(({ file }) => file.name[0]).join('');
  page.button('two.mp4', 'Move up').click();
  expect([order(), page.announced().at(-1)]).toEqual(['xyto', 'two.mp4 is now number 1 of 2.']);
  page.button('two.mp4', 'Move down').click();
  expect([order(), page.announced().at(-1)]).toEqual(['xyot', 'two.mp4 is now number 2 of 2.']);
});
