// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import { type GivenFile, listenForFiles } from './file-source.ts';

let taken: (readonly GivenFile[])[];
let host: HTMLElement;
let zone: HTMLElement;
let input: HTMLInputElement;
let listening: AbortController;
let isDisabled: boolean;

beforeEach(() => {
  taken = [];
  isDisabled = false;
  host = document.createElement('section');
  zone = document.createElement('div');
  input = document.createElement('input');
  input.type = 'file';
  host.append(zone, input);
  document.body.replaceChildren(host);
  listening = new AbortController();
  const parts = { host, zone, input, isDisabled: () => isDisabled };
  listenForFiles(parts, (files) => void taken.push(files), listening.signal);
  return () => listening.abort();
});

const film = new File(['1'], 'film.mp4');
const names = () => taken.map((files) => files.map(({ file, isFolder }) => `${file.name}${isFolder ? '/' : ''}`));

/** What is dragged or pasted: files, folders (their names end with a slash), or text. */
function transferOf(...files: readonly string[]) {
  const items = files.map((name) => ({
    kind: name === 'text' ? 'string' : 'file',
    getAsFile: () => (name === 'text' ? null : new File(['1'], name.replace('/', ''))),
    webkitGetAsEntry: () => ({ isDirectory: name.endsWith('/') }),
  }));
  const types = files.some((name) => name !== 'text') ? ['text/plain', 'Files'] : ['text/plain'];
  return { types, items, dropEffect: 'copy' };
}

/** Dispatches an event with what is dragged or pasted; the event afterwards. */
function dispatch(type: string, target: EventTarget, data: unknown, before?: (event: Event) => void): Event {
  const event = new Event(type, { bubbles: true, cancelable: true, composed: true });
  Object.assign(event, { dataTransfer: data, clipboardData: data });
  before?.(event);
  target.dispatchEvent(event);
  return event;
}

describe('chosen files', () => {
  test('are accepted together, and the dialog is cleared, so that the same file can be chosen again', () => {
    Object.defineProperty(input, 'files', { value: [film, new File(['2'], 'b.mp4')], configurable: true });
    const cleared: string[] = [];
    Object.defineProperty(input, 'value', { set: (value: string) => void cleared.push(value), configurable: true });
    input.dispatchEvent(new Event('change'));
    expect(names()).toEqual([['film.mp4', 'b.mp4']]);
    expect(cleared).toEqual(['']);
  });

  test('are none when the dialog was closed without a choice', () => {
    Object.defineProperty(input, 'files', { value: null, configurable: true });
    input.dispatchEvent(new Event('change'));
    expect(names()).toEqual([[]]);
  });
});

describe('dropped files', () => {
  test('are accepted together, with folders marked as such, and text in the same drop is ignored', () => {
    const event = dispatch('drop', host, transferOf('film.mp4', 'text', 'holiday/'));
    expect(event.defaultPrevented).toBe(true);
    expect(names()).toEqual([['film.mp4', 'holiday/']]);
  });

  test.each([[transferOf('text')], [null]])('without files a drop is left to the browser', (data) => {
    expect(dispatch('drop', host, data).defaultPrevented).toBe(false);
    expect(taken).toEqual([]);
  });

  test('are accepted as files when the browser has no entries API', () => {
    const { items, types } = transferOf('film.mp4');
    dispatch('drop', host, { types, items: items.map(({ kind, getAsFile }) => ({ kind, getAsFile })) });
    expect(names()).toEqual([['film.mp4']]);
  });

  test('mark the zone while they are held over it, until they leave or are dropped', () => {
    const isMarked = () => zone.hasAttribute('data-over');
    expect(dispatch('dragover', host, transferOf('film.mp4')).defaultPrevented).toBe(true);
    expect(isMarked()).toBe(true);
    dispatch('dragleave', host, transferOf('film.mp4'));
    expect(isMarked()).toBe(false);
    dispatch('dragover', host, transferOf('film.mp4'));
    dispatch('drop', host, transferOf('film.mp4'));
    expect(isMarked()).toBe(false);
    expect(dispatch('dragover', host, transferOf('text')).defaultPrevented).toBe(false);
    expect(isMarked()).toBe(false);
  });
});

describe('files held beside the element', () => {
  test('are refused, since they would replace the page', () => {
    const data = transferOf('film.mp4');
    expect(dispatch('dragover', document.body, data).defaultPrevented).toBe(true);
    expect(data.dropEffect).toBe('none');
  });

  test('are not refused over the element, another file field or an accepting part of the page, nor when they are text', () => {
    const over = transferOf('film.mp4');
    dispatch('dragover', host, over);
    expect(over.dropEffect).toBe('copy');
    expect(dispatch('dragover', document.body, transferOf('text')).defaultPrevented).toBe(false);
    const field = document.createElement('input');
    document.body.append(field);
    field.type = 'file';
    expect(dispatch('dragover', field, transferOf('film.mp4')).defaultPrevented).toBe(false);
    field.type = 'text';
    expect(dispatch('dragover', field, transferOf('film.mp4')).defaultPrevented).toBe(true);
    const accepted = transferOf('film.mp4');
    dispatch('dragover', document.body, accepted, (event) => event.preventDefault());
    expect(accepted.dropEffect).toBe('copy');
  });
});

describe('pasted files', () => {
  test.each([
    ['in the element', () => zone],
    ['on the page itself', () => document.body],
  ])('are accepted %s', (_, target) => {
    expect(dispatch('paste', target(), transferOf('film.mp4')).defaultPrevented).toBe(true);
    expect(names()).toEqual([['film.mp4']]);
  });

  test('are ignored in another field, without files, or after another part of the page has accepted them', () => {
    const field = document.createElement('input');
    document.body.append(field);
    expect(dispatch('paste', field, transferOf('film.mp4')).defaultPrevented).toBe(false);
    expect(dispatch('paste', zone, transferOf('text')).defaultPrevented).toBe(false);
    dispatch('paste', zone, transferOf('film.mp4'), (event) => event.preventDefault());
    expect(taken).toEqual([]);
  });
});

test('while no files are accepted, dragged ones are refused without a mark, so that they do not replace the page', () => {
  isDisabled = true;
  const data = transferOf('film.mp4');
  expect(dispatch('dragover', host, data).defaultPrevented).toBe(true);
  expect([data.dropEffect, zone.hasAttribute('data-over')]).toEqual(['none', false]);
  expect(dispatch('drop', host, transferOf('film.mp4')).defaultPrevented).toBe(true);
  expect(dispatch('paste', zone, transferOf('film.mp4')).defaultPrevented).toBe(false);
  expect(taken).toEqual([]);
});

test('after the signal has aborted nothing is accepted, refused or marked', () => {
  listening.abort();
  Object.defineProperty(input, 'files', { value: [film], configurable: true });
  input.dispatchEvent(new Event('change'));
  for (const target of [host, document.body]) {
    for (const type of ['dragover', 'drop', 'paste']) {
      expect(dispatch(type, target, transferOf('film.mp4')).defaultPrevented).toBe(false);
    }
  }
  expect([taken, zone.hasAttribute('data-over')]).toEqual([[], false]);
  zone.dataset['over'] = '';
  dispatch('dragleave', host, transferOf('film.mp4'));
  expect(zone.hasAttribute('data-over')).toBe(true);
});
