import type { VideoService } from '@videostorage/service';
import { expect, test } from 'vitest';
import { ann, ServiceOnSql } from './service-on-sql.ts';
import type { TestDatabase } from './sql-subjects.ts';

/** The service over a database, from two processes at once. */
export function describeServiceOnSql(create: () => Promise<TestDatabase>): void {
  test('100 parallel confirms, then 100 webhooks, to two processes are one transition each, with one answer', async () => {
    const database = await create();
    const { nodes, upload, records, log, hooks, storage } = bound(new ServiceOnSql(database));
    const reference = await upload();
    const often = <Answer>(call: (node: VideoService) => Promise<Answer>) =>
      Promise.all(Array.from({ length: 100 }, (_, index) => call(index % 2 === 0 ? nodes[0] : nodes[1])));
    const answers = await often((node) => node.confirmUpload(ann, reference));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 'processing' });
    storage.provider.settle();
    const [stored] = (await storage.listVideos()).videos;
    const webhook = await storage.webhooks.deliver(stored?.videoId ?? '');
    await often((node) => node.handleWebhook('memory', webhook));
    expect(await nodes[1].getVideo(ann, reference)).toMatchObject({ status: 'ready' });
    for (const event of ['upload.confirmed', 'video.ready'] as const) {
      expect((await log.list({ recordId: reference, events: [event], limit: 10 })).entries).toHaveLength(1);
    }
    expect(await log.verify(reference)).toBeUndefined();
    expect(new Set(hooks).size).toBe(1);
    expect(await records.usage('user', 'ann')).toMatchObject({ pending: 0, videos: 1 });
    await database.dispose();
  });

  test('simultaneous confirms, deletes and sweeps end with status deleted, nothing left and an intact history', async () => {
    const database = await create();
    const { nodes, upload, records, log, hooks, storage } = bound(new ServiceOnSql(database));
    const reference = await upload();
    await nodes[0].confirmUpload(ann, reference);
    storage.provider.settle();
    const calls = Array.from({ length: 40 }, (_, index) => {
      const node = nodes[index % 2 === 0 ? 0 : 1];
      if (index % 8 === 6) return node.deleteVideo(ann, reference);
      return index % 8 === 7 ? node.sweep() : node.confirmUpload(ann, reference);
    });
    const outcomes = await Promise.allSettled(calls);
    const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [codeOf(outcome.reason)] : []));
    expect(codes.filter((code) => code !== 'VIDEO_NOT_FOUND')).toEqual([]);
    for (let round = 0; round < 20; round += 1) {
      if ((await records.get(reference))?.status === 'deleted') break;
      await nodes[0].deleteVideo(ann, reference).catch(() => undefined);
      await nodes[1].sweep();
    }
    expect(await records.get(reference)).toMatchObject({ status: 'deleted' });
    expect((await storage.listVideos()).videos).toEqual([]);
    expect(await records.usage('global', '')).toEqual({ pending: 0, videos: 0, bytes: 0, seconds: 0 });
    expect(await log.verify(reference)).toBeUndefined();
    const { entries } = await log.list({ recordId: reference, limit: 1000 });
    expect(entries.filter(({ event }) => event === 'video.ready').length).toBeLessThanOrEqual(1);
    expect(new Set(hooks.filter((hook) => hook.startsWith('ready'))).size).toBeLessThanOrEqual(1);
    expect(new Set(hooks.filter((hook) => hook.startsWith('deleted'))).size).toBeLessThanOrEqual(1);
    await database.dispose();
  });
}

function bound(world: ServiceOnSql) {
  const { nodes, records, log, hooks, storage } = world;
  return { nodes, records, log, hooks, storage, upload: () => world.upload() };
}

function codeOf(error: unknown): unknown {
  return Reflect.get(Object(error), 'code') ?? String(error);
}
