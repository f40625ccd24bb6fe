// @vitest-environment happy-dom

import { AccessError, Validator } from '@videostorage/core';
import { act, createElement, StrictMode, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoFile } from '../../test-support/element-page.ts';
import { ScriptedUploader } from '../../test-support/scripted-uploader.ts';
import { createHttpTransport } from '../create-http-transport.ts';
import { useUploader } from './use-uploader.ts';
import { VideoUploader } from './video-uploader.ts';

const READY = {
  videoId: 'v1',
  backendName: 'local',
  status: 'ready',
  playable: true,
  createdAt: '2026-01-01T00:00:00.000Z',
} as const;
let root: Root;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const place = document.createElement('div');
  document.body.replaceChildren(place);
  root = createRoot(place);
});
afterEach(() => act(() => root.unmount()));

function shownElement() {
  const element = document.querySelector('video-storage-uploader');
  if (element === null) throw new Error('There is no element.');
  return element;
}

describe('VideoUploader', () => {
  test('sets attributes, properties and listeners, and removes them', async () => {
    const uploader = new ScriptedUploader();
    const heard: string[] = [];
    const texts = { choose: 'Pick' };
    const onStarted = () => heard.push('started');
    const onRefused = ({ detail }: { readonly detail: { readonly sentence: string } }) => heard.push(detail.sentence);
    const elements: unknown[] = [];
    const onElement = (element: unknown) => elements.push(element);
    await act(() =>
      root.render(
        createElement(VideoUploader, {
          ...{ contextId: 'week-3', maxVideos: 2, className: 'wide', guardUnload: true, disabled: false },
          ...{ uploader, texts, onStarted, onRefused, onElement },
        }),
      ),
    );
    const element = shownElement();
    expect(Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))).toEqual({
      class: 'wide',
      'context-id': 'week-3',
      'max-videos': '2',
      'guard-unload': '',
    });
    expect([element.uploader, element.texts]).toEqual([uploader, texts]);
    element.addFiles(['a.mp4', 'b.mp4', 'c.mp4'].map((name) => videoFile(name)));
    expect(heard).toEqual(['started', 'started', '“c.mp4” was not added: at most 2 videos are accepted here.']);
    expect(uploader.uploads[0]?.options.contextId).toBe('week-3');

    await act(() => root.render(createElement(VideoUploader, { contextId: 'week-4', uploader })));
    expect(shownElement()).toBe(element);
    expect(element.texts).toEqual({});
    element.addFiles([videoFile('d.mp4')]);
    expect(uploader.uploads[2]?.options.contextId).toBe('week-4');
    expect(heard.length).toBe(3);
    expect(elements).toEqual([element, null]);
  });

  test('passes every prop as the attribute or property of its name, and omits those that are not set', async () => {
    const transport = createHttpTransport('/x');
    const validator = new Validator();
    const custom = { lesson: '3' };
    const uploader = new ScriptedUploader();
    const attributes = {
      ...{ endpoint: '/x', contextId: 'week-3', maxFiles: 3, maxParts: 5, maxVideos: 1, accept: '.mp4' },
      ...{ maxSizeBytes: 7, maxDurationSeconds: 60, guardUnload: true, disabled: true, style: { color: 'red' } },
    };
    await act(() =>
      root.render(createElement(VideoUploader, { ...attributes, transport, validator, custom, uploader })),
    );
    const element = shownElement();
    expect(Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))).toEqual({
      ...{ endpoint: '/x', 'context-id': 'week-3', 'max-files': '3', 'max-parts': '5', 'max-videos': '1' },
      ...{ accept: '.mp4', 'max-size-bytes': '7', 'max-duration-seconds': '60', 'guard-unload': '', disabled: '' },
      style: 'color: red;',
    });
    expect([element.transport, element.validator, element.custom]).toEqual([transport, validator, custom]);
    await act(() => root.render(createElement(VideoUploader, { uploader, guardUnload: false, disabled: false })));
    expect(element.attributes).toHaveLength(0);
    expect([element.transport, element.validator, element.custom]).toEqual([undefined, undefined, undefined]);
  });

  test('calls only the current listener of each event, and none after it was removed', async () => {
    const uploader = new ScriptedUploader();
    const calls: string[] = [];
    const listeners = (name: string) => ({
      onStarted: () => void calls.push(`${name} started`),
      onReady: () => void calls.push(`${name} ready`),
      onFailed: () => void calls.push(`${name} failed`),
      onCancelled: () => void calls.push(`${name} cancelled`),
    });
    const finish = () => {
      shownElement().addFiles(['a.mp4', 'b.mp4', 'c.mp4'].map((name) => videoFile(name)));
      const [a, b, c] = uploader.uploads.slice(-3);
      a?.enter('ready', { video: READY });
      b?.enter('failed', { error: new AccessError('ACCESS_DENIED') });
      c?.enter('aborted');
      return calls.splice(0);
    };
    const all = (name: string) =>
      [...Array(3).fill('started'), 'ready', 'failed', 'cancelled'].map((each) => `${name} ${each}`);
    await act(() => root.render(createElement(VideoUploader, { uploader, ...listeners('first') })));
    expect(finish()).toEqual(all('first'));
    await act(() => root.render(createElement(VideoUploader, { uploader, ...listeners('second') })));
    expect(finish()).toEqual(all('second'));
    await act(() => root.render(createElement(VideoUploader, { uploader })));
    expect(finish()).toEqual([]);
  });

  test('keeps its uploads and its one listener when it is rendered again', async () => {
    const uploader = new ScriptedUploader();
    const draw = () => act(() => root.render(createElement(VideoUploader, { uploader })));
    await draw();
    shownElement().addFiles([videoFile('a.mp4')]);
    await draw();
    expect(uploader.listeners).toBe(1);
    expect(uploader.uploads.length).toBe(1);
  });

  test('is rendered on a server as an empty element', () => {
    expect(renderToString(createElement(VideoUploader, { contextId: 'week-3' }))).toBe(
      '<video-storage-uploader context-id="week-3"></video-storage-uploader>',
    );
  });
});

describe('useUploader', () => {
  let changed: () => void = () => undefined;
  function Uploads({ uploader }: { readonly uploader: ScriptedUploader }) {
    const [, setCount] = useState(0);
    changed = () => setCount((count) => count + 1);
    const shown = useUploader({ uploader });
    const lines = shown.uploads.map(({ file, phase, progress }) => `${file.name} ${phase} ${progress.sentBytes}`);
    return createElement('p', {}, `${shown.uploader === undefined ? 'none' : 'open'}: ${lines.join(', ')}`);
  }
  const text = () => document.querySelector('p')?.textContent;

  test('returns the queue, and renders again after each change of it', async () => {
    const uploader = new ScriptedUploader();
    await act(() => root.render(createElement(Uploads, { uploader })));
    expect(text()).toBe('open: ');
    await act(() => void uploader.upload(videoFile('a.mp4')));
    expect(text()).toBe('open: a.mp4 waiting 0');
    await act(() => uploader.uploads[0]?.send(0.5));
    expect(text()).toBe('open: a.mp4 sending 500');
    await act(() => changed());
    expect(text()).toBe('open: a.mp4 sending 500');
  });

  test('has one listener, also in strict mode, and none after the component is unmounted; a queue of the page stays open', async () => {
    const uploader = new ScriptedUploader();
    await act(() => root.render(createElement(StrictMode, {}, createElement(Uploads, { uploader }))));
    expect(uploader.listeners).toBe(1);
    await act(() => root.render(null));
    expect(uploader.listeners).toBe(0);
    expect(uploader.isClosed).toBe(false);
  });

  test('creates its own queue, closes it when it is unmounted, and creates another when it is mounted again', async () => {
    const added = vi.spyOn(window, 'addEventListener');
    const removed = vi.spyOn(window, 'removeEventListener');
    const online = (spy: typeof added | typeof removed) => spy.mock.calls.filter(([type]) => type === 'online').length;
    const seen = new Set<unknown>();
    function Own() {
      const { uploader } = useUploader({ endpoint: '/x', maxFiles: 1 });
      if (uploader !== undefined) seen.add(uploader);
      return createElement('p', {}, uploader === undefined ? 'none' : 'open');
    }
    await act(() => root.render(createElement(StrictMode, {}, createElement(Own))));
    expect([text(), seen.size]).toEqual(['open', 1]);
    // Strict mode mounts twice: the first queue was closed.
    expect(online(added) - online(removed)).toBe(1);
    await act(() => root.render(null));
    expect(online(added) - online(removed)).toBe(0);
  });

  test('has no queue on a server', () => {
    expect(renderToString(createElement(Uploads, { uploader: new ScriptedUploader() }))).toBe('<p>none: </p>');
  });
});
