import { BackendError } from '@videostorage/core';
import { MAX_ANSWER_LENGTH, type RequestSender } from './request-sender.ts';

/** By XMLHttpRequest, since `fetch` does not report the progress of an upload. */
export const xhrSender: RequestSender = ({ method, url, headers, body, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    const onAbort = () => request.abort();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (onProgress !== undefined) {
      request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    }
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText.slice(0, MAX_ANSWER_LENGTH),
        header: (name) => request.getResponseHeader(name),
      });
    request.onerror = () =>
      reject(new BackendError('BACKEND_UNAVAILABLE', 'The connection to the storage was dropped.'));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort);
    request.send(body ?? null);
    return undefined;
  });
