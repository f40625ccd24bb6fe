import { expect, test } from 'vitest';
import { Connection } from './connection.ts';

class Page extends EventTarget {
  navigator: { onLine?: boolean } = { onLine: true };
  readonly listening: string[] = [];

  override addEventListener(type: string, listener: () => void): void {
    this.listening.push(type);
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: () => void): void {
    this.listening.splice(this.listening.indexOf(type), 1);
    super.removeEventListener(type, listener);
  }

  set(onLine: boolean): void {
    this.navigator = { onLine };
    this.dispatchEvent(new Event(onLine ? 'online' : 'offline'));
  }
}

function connected(page = new Page()) {
  const changes: boolean[] = [];
  const connection: Connection = new Connection(() => changes.push(connection.isOnline), page);
  return { page, changes, connection };
}

const { signal } = new AbortController();

test('without a page, or without `navigator.onLine`, it is online', async () => {
  for (const page of [{}, { navigator: {} }, { navigator: { onLine: true } }]) {
    const connection = new Connection(() => undefined, page);
    expect(connection.isOnline).toBe(true);
    await connection.whenOnline(signal);
    connection.close();
  }
});

test('a page that is offline from the beginning is so, and waits', async () => {
  const page = new Page();
  page.navigator = { onLine: false };
  const { connection, changes } = connected(page);
  expect(connection.isOnline).toBe(false);
  let isBack = false;
  const back = connection.whenOnline(signal).then(() => {
    isBack = true;
  });
  await Promise.resolve();
  expect(isBack).toBe(false);
  page.set(true);
  await back;
  expect(changes).toEqual([true]);
});

test('each call without a network waits again', async () => {
  const { page, connection } = connected();
  for (const onLine of [false, true, false]) page.set(onLine);
  let isBack = false;
  const back = connection.whenOnline(signal).then(() => {
    isBack = true;
  });
  await new Promise(setImmediate);
  expect(isBack).toBe(false);
  page.set(true);
  await back;
});

test('each change is reported once, and an event without a change is not', () => {
  const { page, changes } = connected();
  for (const onLine of [true, false, false, true, true, false]) page.set(onLine);
  expect(changes).toEqual([false, true, false]);
});

test('going offline aborts the signal with a retryable error; when it is back, the new signal is not aborted', () => {
  const { page, connection } = connected();
  const { lost } = connection;
  expect(lost.aborted).toBe(false);
  page.set(false);
  expect([lost.aborted, connection.lost]).toEqual([true, lost]);
  expect(lost.reason).toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryable: true });
  page.set(true);
  expect([lost.aborted, connection.lost.aborted]).toEqual([true, false]);
});

test('waiting ends with the reason of its signal, also of one that has aborted before', async () => {
  const { page, connection } = connected();
  const reason = new Error('paused');
  await expect(connection.whenOnline(AbortSignal.abort(reason))).rejects.toBe(reason);
  page.set(false);
  const controller = new AbortController();
  const waiting = connection.whenOnline(controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('it listens for both events, and after close() for none', () => {
  const { page, changes, connection } = connected();
  expect(page.listening).toEqual(['online', 'offline']);
  connection.close();
  page.set(false);
  expect([page.listening, changes]).toEqual([[], []]);
});

test('one that is closed without a network does not wait for it, since it would not notice its return', async () => {
  const { page, connection } = connected();
  page.set(false);
  connection.close();
  expect([connection.isOnline, connection.lost.aborted]).toEqual([true, false]);
  await connection.whenOnline(signal);
});
