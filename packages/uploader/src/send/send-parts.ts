import { type Clock, isVideoStorageError, type MultipartTicket, type UploadedPart } from '@videostorage/core';
import { BackOff } from '../back-off.ts';
import { PartSignatures } from './part-signatures.ts';
import type { SendJob } from './send-job.ts';
import { storageAnswerError } from './storage-answer-error.ts';

/** Signatures requested at once: the route takes 100, but in a long upload most of them would expire before their turn. */
const BATCH = 20;

/**
 * Sends parts by PUT, several at once; those that arrived before are not sent again. The server completes the upload at the
 * confirm, from the storage's own list, so no ETag is read here.
 */
export async function sendParts(ticket: MultipartTicket, job: SendJob, clock: Clock): Promise<void> {
  const { file, maxParts, transport } = job;
  const sizeOf = (partNumber: number) =>
    Math.min(ticket.partSizeBytes, file.size - (partNumber - 1) * ticket.partSizeBytes);
  const isWhole = ({ partNumber, sizeBytes }: UploadedPart) => sizeBytes === sizeOf(partNumber);
  const whole = new Set(job.uploadedParts.filter(isWhole).map(({ partNumber }) => partNumber));
  const left = Array.from({ length: ticket.partCount }, (_, index) => index + 1).filter((each) => !whole.has(each));
  const signatures = new PartSignatures(transport, ticket.uploadReference, Math.max(BATCH, maxParts), clock);
  let arrivedBytes = [...whole].reduce((sum, partNumber) => sum + sizeOf(partNumber), 0);
  job.arrived(arrivedBytes);

  const failed = new AbortController();
  const sender = async () => {
    for (let partNumber = left.shift(); partNumber !== undefined; partNumber = left.shift()) {
      failed.signal.throwIfAborted();
      await sendPart(partNumber);
    }
  };
  const senders = Array.from({ length: Math.min(maxParts, left.length) }, () =>
    sender().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  // The first part that fails ends the others; nothing is sent any more when this function rejects.
  await Promise.allSettled(senders);
  failed.signal.throwIfAborted();

  /** After a lost answer the host app is asked, instead of sending the part again. If it refuses, the part is sent again. */
  async function hasArrived(partNumber: number, signal: AbortSignal): Promise<boolean> {
    try {
      const { uploadedParts = [] } = await transport.getUpload(ticket.uploadReference, { signal });
      return uploadedParts.some((part) => part.partNumber === partNumber && isWhole(part));
    } catch (error) {
      if (isVideoStorageError(error) && !error.retryable) return false;
      throw error;
    }
  }

  async function sendPart(partNumber: number): Promise<void> {
    const start = (partNumber - 1) * ticket.partSizeBytes;
    let failures = 0;
    let mayHaveArrived = false;
    const attempt = async (signal: AbortSignal, isSignedAnew = false): Promise<void> => {
      if (mayHaveArrived && (await hasArrived(partNumber, signal))) return;
      const part = await signatures.of(partNumber, left.slice(0, BATCH), signal);
      try {
        mayHaveArrived = true;
        const answer = await job.send({
          ...{ method: 'PUT', url: part.url, headers: part.headers },
          ...{ body: file.slice(start, start + sizeOf(partNumber)), signal },
          onProgress: (sentBytes) => job.inFlight(partNumber, sentBytes),
        });
        mayHaveArrived = false;
        if (answer.status >= 200 && answer.status <= 299) return;
        throw storageAnswerError(answer);
      } catch (error) {
        job.inFlight(partNumber, 0);
        // The refusal of another part aborts this one, but does not mean that this one was refused.
        signal.throwIfAborted();
        failures += 1;
        // A refusal that CORS hides looks like a dropped connection.
        const isRefused = isVideoStorageError(error) && error.code === 'BACKEND_REFUSED';
        if (isRefused || failures > 1) signatures.drop(partNumber);
        // An expired signature is a 403. With a signature that was issued after it, a 403 is a refusal.
        if (isRefused && !isSignedAnew) return attempt(signal, true);
        throw error;
      }
    };
    const signal = AbortSignal.any([job.signal, failed.signal]);
    await job.persist((either) => attempt(either), { backOff: new BackOff(clock), signal });
    arrivedBytes += sizeOf(partNumber);
    job.arrived(arrivedBytes, partNumber);
  }
}
