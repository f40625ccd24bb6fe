import { ManualClock } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { Webhooks } from './webhooks.ts';

/** A subscribed webhook, and its receiver's requests. */
function subscribed(answer: () => Response = () => new Response()) {
  const bodies: string[] = [];
  vi.stubGlobal('fetch', async (_url: string, { body }: { readonly body: string }) => {
    bodies.push(body);
    return answer();
  });
  const webhooks = new Webhooks({ allowLoopback: true, clock: new ManualClock() });
  webhooks.subscribe('http://127.0.0.1:9/hook');
  return { webhooks, bodies };
}

test('only the last thousand deliveries are kept', async () => {
  const { webhooks } = subscribed();
  for (let number = 0; number < 1001; number++) await webhooks.deliver(`v${number}`, '{}');
  expect([webhooks.deliveries.length, webhooks.deliveries[0]?.uid]).toEqual([1000, 'v1']);
});

test('a held delivery is not sent once the subscription has been removed', async () => {
  const { webhooks, bodies } = subscribed(() => {
    webhooks.unsubscribe();
    return new Response();
  });
  webhooks.troubleNext('held');
  await webhooks.deliver('one', 'held');
  await webhooks.deliver('two', 'sent');
  expect(bodies).toEqual(['sent']);
  expect(webhooks.deliveries).toEqual([{ uid: 'two', status: 200 }]);
});
