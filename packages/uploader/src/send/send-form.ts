import type { PostTicket } from '@videostorage/core';
import type { SendJob } from './send-job.ts';
import { storageAnswerError } from './storage-answer-error.ts';

/** Sends one form, the file last. An interrupted form is sent again as a whole: the storage keeps nothing of it. */
export function sendForm(ticket: PostTicket, job: SendJob): Promise<void> {
  const { file } = job;
  // A form that arrived earlier, but whose confirm failed, is not known here, and is sent again.
  job.arrived(0);
  return job.persist(async (signal) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
    form.append(ticket.fileField, file, file.name);
    try {
      const answer = await job.send({
        ...{ method: 'POST', url: ticket.url, headers: {}, body: form, signal },
        // `sent` and `total` include the form's other lines: the file's share of them is reported.
        onProgress: (sent, total) => job.inFlight(0, Math.floor((sent / Math.max(total, 1)) * file.size)),
      });
      if (answer.status < 200 || answer.status > 299) throw storageAnswerError(answer);
    } catch (error) {
      job.inFlight(0, 0);
      throw error;
    }
    job.arrived(file.size);
  });
}
