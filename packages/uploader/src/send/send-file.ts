import type { Clock, UploadTicket } from '@videostorage/core';
import { loadModule } from '../load-module.ts';
import { sendForm } from './send-form.ts';
import type { SendJob } from './send-job.ts';
import { sendParts } from './send-parts.ts';

/** Sends a file the way that its ticket names; resolves when the storage has answered for the last byte. */
export async function sendFile(ticket: UploadTicket, job: SendJob, clock: Clock): Promise<void> {
  switch (ticket.protocol) {
    case 'tus': {
      // Half of all the code, which no other ticket needs. An `import` statement would be a `require` in CommonJS, which gets
      // another default of a module of ES modules.
      const load = () => Promise.all([import('./send-by-tus.ts'), import('tus-js-client/lib/upload.js')]);
      const [{ sendByTus }, { default: Upload }] = await job.persist(() => loadModule(load));
      return sendByTus(ticket, job, clock, Upload);
    }
    case 'post':
      return sendForm(ticket, job);
    case 'multipart':
      return sendParts(ticket, job, clock);
  }
}
