import { BackendError } from '@videostorage/core';
import { MAX_ANSWER_LENGTH, type RequestSender } from './request-sender.ts';

/** For a service worker and Node, which have no XMLHttpRequest; it reports progress once per request. */
export const fetchSender: RequestSender = async ({ method, url, headers, body, signal, onProgress }) => {
  try {
    const answer = await fetch(url, { method, headers: { ...headers }, signal, ...(body !== undefined && { body }) });
    const text = await answer.text();
    if (answer.ok && body instanceof Blob) onProgress?.(body.size, body.size);
    return {
      status: answer.status,
      text: text.slice(0, MAX_ANSWER_LENGTH),
      header: (name) => answer.headers.get(name),
    };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new BackendError('BACKEND_UNAVAILABLE', 'The connection to the storage was dropped.', { cause });
  }
};
