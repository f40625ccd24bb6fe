import assert from 'node:assert/strict';
import type { WebhookRequest, Webhooks } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses, survivesJson } from './expectations.ts';
import type { Scenario } from './scenario.ts';

const REFUSED = ['WEBHOOK_SIGNATURE_INVALID', 'WEBHOOK_MALFORMED'] as const;

/** The vendor's calls, where the storage has the facet. */
export const webhooks: readonly ConformanceCase[] = [
  {
    id: 'webhooks/unsigned',
    title: 'T-G5: calls without a valid signature are refused, whatever they hold',
    needs: ['webhooks'],
    async run(scenario) {
      const body = new TextEncoder().encode('{"uid":"x"}');
      const headers = [
        '',
        'time=1,sig1=',
        `time=${Math.floor(Date.now() / 1000)},sig1=${'0'.repeat(64)}`,
        'x'.repeat(100_000),
      ];
      for (const signature of headers) {
        await refuses(
          facet(scenario).parse({ rawBody: body, headers: { 'webhook-signature': signature } }),
          ...REFUSED,
        );
      }
      await refuses(facet(scenario).parse({ rawBody: new Uint8Array(), headers: {} }), ...REFUSED);
    },
  },
  {
    id: 'webhooks/genuine',
    title: 'a genuine call names its video; delivered again it has the same key',
    needs: ['notify'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const call = await notified(scenario, videoId);
      const events = await facet(scenario).parse(call);
      survivesJson(events);
      assert.deepEqual(
        events.map((event) => event.videoId),
        [videoId],
      );
      assert.deepEqual(await facet(scenario).parse(call), events, 'T-G6: a replay is the same news');
    },
  },
  {
    id: 'webhooks/tampered',
    title: 'a changed byte of the body is refused',
    needs: ['notify'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const call = await notified(scenario, videoId);
      const rawBody = new Uint8Array(call.rawBody);
      rawBody[rawBody.length - 2] = (rawBody[rawBody.length - 2] ?? 0) ^ 1;
      await refuses(facet(scenario).parse({ ...call, rawBody }), 'WEBHOOK_SIGNATURE_INVALID');
    },
  },
  {
    id: 'webhooks/old',
    title: 'a call that is more than five minutes old is refused',
    needs: ['notify', 'clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const call = await notified(scenario, videoId);
      scenario.subject.clock?.advance(302_000);
      await refuses(facet(scenario).parse(call), 'WEBHOOK_SIGNATURE_INVALID');
    },
  },
];

function facet(scenario: Scenario): Webhooks {
  return scenario.storage.webhooks ?? assert.fail('the storage has no webhooks');
}

async function notified(scenario: Scenario, videoId: string): Promise<WebhookRequest> {
  return (await scenario.subject.notify?.(videoId)) ?? assert.fail('the subject cannot notify');
}
