import { afterAll, beforeEach, expect, test } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { isEnlarged } from './is-enlarged.ts';
import { isUnfocused } from './is-unfocused.ts';

const page = new HappyPage();
beforeEach(() => page.enter());
afterAll(() => page.close());

type Enlarged = 'screen' | 'video' | 'other' | undefined;

/** A screen with a video in a shadow root; one of its elements may be enlarged. */
function screenWith(fullscreen: Enlarged, inPicture: Enlarged) {
  const [screen, video, other] = ['div', 'video', 'div'].map((name) => document.createElement(name));
  const root = document.createElement('div').attachShadow({ mode: 'open' });
  if (screen === undefined || video === undefined) throw new Error('Nothing was made.');
  screen.append(video);
  root.append(screen);
  const named = { screen, video, other };
  const elementOf = (name: Enlarged) => (name === undefined ? null : named[name]);
  Object.defineProperty(root, 'fullscreenElement', { value: elementOf(fullscreen) });
  Object.defineProperty(root, 'pictureInPictureElement', { value: elementOf(inPicture) });
  return { element: screen, focusTarget: video };
}

test.each<readonly [Enlarged, Enlarged, boolean]>([
  [undefined, undefined, false],
  ['screen', undefined, true],
  ['video', undefined, true],
  ['other', undefined, false],
  [undefined, 'video', true],
  [undefined, 'other', false],
  ['other', 'video', true],
])('with %s on the whole display and %s in a window of its own, a screen is enlarged: %s', (...given) => {
  const [fullscreen, inPicture, isIt] = given;
  expect(isEnlarged(screenWith(fullscreen, inPicture))).toBe(isIt);
});

test.each([
  [{ webkitPresentationMode: 'inline', remote: { state: 'disconnected' } }, false],
  [{ webkitPresentationMode: 'fullscreen' }, true],
  [{ webkitPresentationMode: 'picture-in-picture' }, true],
  [{ remote: { state: 'connecting' } }, true],
  [{ remote: { state: 'connected' } }, true],
])('a video with the members %j is enlarged: %s', (members, isIt) => {
  const screen = screenWith(undefined, undefined);
  for (const [name, value] of Object.entries(members)) Object.defineProperty(screen.focusTarget, name, { value });
  expect(isEnlarged(screen)).toBe(isIt);
});

test('a screen outside of a shadow root is not enlarged', () => {
  const screen = screenWith('screen', 'video');
  screen.element.remove();
  expect(isEnlarged(screen)).toBe(false);
});

test('the focus is nowhere else when nothing has it', () => {
  Object.defineProperty(document, 'activeElement', { value: null, configurable: true });
  expect(isUnfocused(document.createElement('button'))).toBe(true);
  Reflect.deleteProperty(document, 'activeElement');
});

test('the focus is nowhere else while it is on the element, also in the shadow tree of another one', () => {
  const [host, player, other] = ['div', 'button', 'button'].map((name) => document.createElement(name));
  if (host === undefined || player === undefined || other === undefined) throw new Error('no elements');
  host.attachShadow({ mode: 'open' }).append(player, other);
  document.body.append(host);
  player.focus();
  expect([isUnfocused(player), isUnfocused(other)]).toEqual([true, false]);
  other.focus();
  expect(isUnfocused(player)).toBe(false);
  other.blur();
  expect(isUnfocused(player)).toBe(true);
});

test('the focus is nowhere else while it is on the body or on the element', () => {
  const [player, other] = [document.createElement('button'), document.createElement('button')];
  document.body.append(player, other);
  expect(isUnfocused(player)).toBe(true);
  player.focus();
  expect([isUnfocused(player), isUnfocused(other)]).toEqual([true, false]);
  other.focus();
  expect(isUnfocused(player)).toBe(false);
  other.blur();
  expect(isUnfocused(player)).toBe(true);
});
