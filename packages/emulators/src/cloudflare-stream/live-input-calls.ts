import { answerDeletion, answerResult } from './envelope.ts';
import { readJsonObject } from './json-body.ts';
import type { StreamCall } from './stream-context.ts';

/** `POST /stream/live_inputs` */
export async function createLiveInput(call: StreamCall): Promise<void> {
  const asked = await readJsonObject(call.request);
  answerResult(call.response, call.account.liveInputs.create(asked, call.nowMs));
}

/** `GET /stream/live_inputs` */
export function listLiveInputs(call: StreamCall): void {
  const liveInputs = call.account.liveInputs.list();
  answerResult(call.response, { liveInputs, range: liveInputs.length, total: liveInputs.length });
}

/** `GET /stream/live_inputs/{uid}` */
export function getLiveInput(call: StreamCall): void {
  answerResult(call.response, call.account.liveInputs.show(uidOf(call)));
}

/** `PUT /stream/live_inputs/{uid}` */
export async function replaceLiveInput(call: StreamCall): Promise<void> {
  const asked = await readJsonObject(call.request);
  answerResult(call.response, call.account.liveInputs.replace(uidOf(call), asked, call.nowMs));
}

/** `DELETE /stream/live_inputs/{uid}` */
export function deleteLiveInput(call: StreamCall): void {
  call.account.liveInputs.delete(uidOf(call));
  answerDeletion(call.response, call.account.deletionAnswer);
}

/** `GET /stream/live_inputs/{uid}/videos`: none, as nothing is ever recorded. */
export function listRecordings(call: StreamCall): void {
  call.account.liveInputs.show(uidOf(call));
  answerResult(call.response, []);
}

function uidOf(call: StreamCall): string {
  return call.params[0] ?? '';
}
