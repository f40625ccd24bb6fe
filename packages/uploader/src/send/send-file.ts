import type { Clock, UploadTicket } from '@videostorage/core';
import { loadModule } from '../load-module.ts';
import { sendForm } from './send-form.ts';
import type { SendJob } from './send-job.ts';
import { sendParts } from './send-parts.ts';

/** Sends a file the way that its ticket names; resolves when the storage has answered for the last byte. */
export async function sendFile(ticket: UploadTicket, job: SendJob, clock: Clock): Promise<void> {
  switch (ticket.protocol) {
    case 'tus': {
      // Half of all the code, which no other ticket needs.
      const { sendByTus } = await job.persist(() => loadModule(() => import('./send-by-tus.ts')));
      return sendByTus(ticket, job);
    }
    case 'post':
      return sendForm(ticket, job);
    case 'multipart':
      return sendParts(ticket, job, clock);
  }
}
