// @vitest-environment happy-dom
import { act, createElement, StrictMode, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoFile } from '../../test-support/element-page.ts';
import { ScriptedUploader } from '../../test-support/scripted-uploader.ts';
import { useUploader } from './use-uploader.ts';
import { VideoUploader } from './video-uploader.ts';

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

  test('has no queue on a server', () => {
    expect(renderToString(createElement(Uploads, { uploader: new ScriptedUploader() }))).toBe('<p>none: </p>');
  });
});
