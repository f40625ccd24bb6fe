import type { Clock } from '@videostorage/core';
import { fetchSender } from './fetch-sender.ts';
import type { RequestSender } from './request-sender.ts';
import { watchedSender } from './watched-sender.ts';
import { xhrSender } from './xhr-sender.ts';

/** The sender of this platform, with a watchdog. */
export function storageSender(clock: Clock, stallMs: number): RequestSender {
  return watchedSender(typeof XMLHttpRequest === 'undefined' ? fetchSender : xhrSender, clock, stallMs);
}
