import { answerDeletion, answerResult } from './envelope.ts';
import { readJsonObject } from './json-body.ts';
import type { StreamCall } from './stream-context.ts';
import { timestamp } from './video-object.ts';
import type { WebhookSubscription } from './webhooks.ts';

/** `PUT /stream/webhook` */
export async function setWebhook(call: StreamCall): Promise<void> {
  const body = await readJsonObject(call.request);
  const url = body['notificationUrl'] ?? body['notification_url'];
  answerResult(call.response, describe(call.account.webhooks.subscribe(url)));
}

/** `GET /stream/webhook`: the secret too. */
export function getWebhook(call: StreamCall): void {
  answerResult(call.response, describe(call.account.webhooks.get()));
}

/** `DELETE /stream/webhook` */
export function deleteWebhook(call: StreamCall): void {
  call.account.webhooks.unsubscribe();
  answerDeletion(call.response, call.account.deletionAnswer);
}

function describe({ notificationUrl, modifiedAtMs, secret }: WebhookSubscription): object {
  return { notificationUrl, notification_url: notificationUrl, modified: timestamp(modifiedAtMs), secret };
}
