import type { VideoMetadata } from '@videostorage/core';
import { vi } from 'vitest';
import { assignmentUploader } from '../src/page/assignment-uploader.ts';
import type { HistoryEntry } from '../src/page/host.ts';
import type { Page } from '../src/page/view.ts';

/** The classroom's answers, by method and path. */
export const answers = new Map<string, unknown>();
/** Requests that change something. */
export const sent: (readonly unknown[])[] = [];

/** Before each test: answers nothing yet, and records what the page sends. */
export function answerAnew(): void {
  answers.clear();
  sent.length = 0;
  messages.length = 0;
  document.body.replaceChildren();
  vi.stubGlobal('fetch', async (path: string, { method, body, headers }: RequestInit) => {
    const asked = `${method} ${path}`;
    if (method !== 'GET') sent.push([asked, new Headers(headers).get('content-type'), body]);
    const answer = answers.get(asked);
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : Response.json(answer ?? {});
  });
}

/** A time from now. */
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
/** Deadlines by assignment. */
export const due = { late: inDays(9), soon: inDays(1), past: inDays(-1), longPast: inDays(-9) };
/** Assignments with these deadlines. */
export const assignments = Object.entries(due).map(([id, dueAt]) => ({ id, title: `The ${id}`, dueAt }));
const createdAt = '2030-06-01T12:00:00.000Z';
/** A submitted video. */
export const video = (videoId: string, over: Partial<VideoMetadata> = {}): VideoMetadata => ({
  ...{ videoId, backendName: 'local', status: 'ready', playable: true, createdAt, userId: 'student:Ada' },
  ...{ contextId: 'soon', ...over },
});
/** An entry of the history. */
export const entry = (userId: string, recordId = '1', at = createdAt): HistoryEntry => ({
  ...{ id: `${userId} ${recordId} ${at}`, at, event: 'playback.issued', outcome: 'ok', userId, recordId },
});

/** The messages of a page, and where it went. */
export const messages: unknown[] = [];

/** The page of a person. */
export function pageOf(userId: string): Page {
  const [role = ''] = userId.split(':');
  const uploader = assignmentUploader(1000);
  return {
    session: { maxSizeBytes: 1000, storedAt: 'Here.', person: { userId, role } },
    attempt: (work) => work().catch(({ message }: Error) => void messages.push([message])),
    uploaderOf: () => uploader,
    showMessage: (...message) => void messages.push(message),
    go: (...place) => void messages.push(place),
  };
}

/** The texts of the elements that match. */
export const textsOf = (root: ParentNode, selector: string) =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent);
