import type { Clock, UploadTicket } from '@videostorage/core';
import { loadModule } from '../load-module.ts';
import { sendForm } from './send-form.ts';
import type { SendJob } from './send-job.ts';
import { sendParts } from './send-parts.ts';

/** Sends a file by the protocol of its ticket; resolves when the storage has acknowledged the last byte. */
export async function sendFile(ticket: UploadTicket, job: SendJob, clock: Clock): Promise<void> {
  switch (ticket.protocol) {
    case 'tus': {
      // A separate module, since it is half of all code, and no other protocol needs it. As an `import` statement it would
      // be a `require` in the CommonJS build, where the default export of an ES module is another.
      const load = () => Promise.all([import('./send-by-tus.ts'), import('tus-js-client/lib/upload.js')]);
      const [{ sendByTus }, { default: Upload }] = await job.persist(() => loadModule(load));
      return sendByTus(ticket, job, { now: () => performance.now() }, Upload);
    }
    case 'post':
      return sendForm(ticket, job);
    case 'multipart':
      return sendParts(ticket, job, clock);
  }
}
