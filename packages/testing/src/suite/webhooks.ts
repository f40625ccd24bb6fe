import assert from 'node:assert/strict';
import type { WebhookRequest } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { isTimestamp, refuses, survivesJson } from './expectations.ts';
import type { Scenario } from './scenario.ts';

const REFUSED = ['WEBHOOK_SIGNATURE_INVALID', 'WEBHOOK_MALFORMED'] as const;

/** Webhooks, for storages that have the facet. */
export const webhooks: readonly ConformanceCase[] = [
  {
    id: 'webhooks/unsigned',
    title: 'contract 20, T-G5: a webhook without a valid signature is refused, whatever its body is',
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
          scenario.webhooks.parse({ rawBody: body, headers: { 'webhook-signature': signature } }),
          ...REFUSED,
        );
      }
      await refuses(scenario.webhooks.parse({ rawBody: new Uint8Array(), headers: {} }), ...REFUSED);
    },
  },
  {
    id: 'webhooks/genuine',
    title:
      'contract 20: a genuine webhook names its video; a repeated delivery has the same key, another event another key',
    needs: ['notify'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const call = await notified(scenario, videoId);
      const events = await scenario.webhooks.parse(call);
      survivesJson(events);
      for (const { occurredAt } of events) if (occurredAt !== undefined) isTimestamp('occurredAt', occurredAt);
      assert.deepEqual(
        events.map((event) => event.videoId),
        [videoId],
      );
      assert.deepEqual(await scenario.webhooks.parse(call), events, 'T-G6: a repeated delivery must be the same event');
      const other = await scenario.webhooks.parse(await notified(scenario, (await scenario.ready()).videoId));
      assert.notEqual(other[0]?.eventKey, events[0]?.eventKey, 'two events have the same key');
    },
  },
  {
    id: 'webhooks/tampered',
    title: 'contract 20: a changed byte of the body is refused, and so is an added byte that does not change the JSON',
    needs: ['notify'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const call = await notified(scenario, videoId);
      const rawBody = new Uint8Array(call.rawBody);
      rawBody[rawBody.length - 2] = (rawBody[rawBody.length - 2] ?? 0) ^ 1;
      await refuses(scenario.webhooks.parse({ ...call, rawBody }), 'WEBHOOK_SIGNATURE_INVALID');
      const spaced = new Uint8Array([...call.rawBody, 0x20]);
      await refuses(scenario.webhooks.parse({ ...call, rawBody: spaced }), 'WEBHOOK_SIGNATURE_INVALID');
    },
  },
  {
    id: 'webhooks/redated',
    title: 'contract 20: neither the time nor the signature in the headers can be changed',
    needs: ['notify'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const { rawBody, headers } = await notified(scenario, videoId);
      for (const [name, value] of Object.entries(headers)) {
        if (!/signature/i.test(name)) continue;
        for (let index = 0; index < value.length; index++) {
          const other = value[index] === '1' ? '2' : '1';
          const changed = { ...headers, [name]: `${value.slice(0, index)}${other}${value.slice(index + 1)}` };
          await refuses(scenario.webhooks.parse({ rawBody, headers: changed }), 'WEBHOOK_SIGNATURE_INVALID');
        }
      }
    },
  },
  {
    id: 'webhooks/in-time',
    title: 'contract 20: a webhook dated less than five minutes from now, on either side, is accepted',
    needs: ['notify', 'clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      for (const driftMs of [298_000, -298_000]) {
        const call = await notified(scenario, videoId);
        scenario.subject.clock?.advance(driftMs);
        const events = await scenario.webhooks.parse(call);
        assert.deepEqual(
          events.map((event) => event.videoId),
          [videoId],
        );
      }
    },
  },
  {
    id: 'webhooks/early',
    title: 'contract 20: a webhook dated more than five minutes ahead is refused',
    needs: ['notify', 'clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      scenario.subject.clock?.advance(302_000);
      const call = await notified(scenario, videoId);
      scenario.subject.clock?.advance(-302_000);
      await refuses(scenario.webhooks.parse(call), 'WEBHOOK_SIGNATURE_INVALID');
    },
  },
  {
    id: 'webhooks/old',
    title: 'contract 20: a webhook older than five minutes is refused',
    needs: ['notify', 'clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const call = await notified(scenario, videoId);
      scenario.subject.clock?.advance(302_000);
      await refuses(scenario.webhooks.parse(call), 'WEBHOOK_SIGNATURE_INVALID');
    },
  },
];

async function notified(scenario: Scenario, videoId: string): Promise<WebhookRequest> {
  return (await scenario.subject.notify?.(videoId)) ?? assert.fail('the subject cannot notify');
}
