import assert from 'node:assert/strict';
import type { Playback, PlaybackKind, PlaybackOptions } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { findsProblems, isTimestamp, refuses } from './expectations.ts';
import type { Scenario } from './scenario.ts';

const KINDS: readonly PlaybackKind[] = ['iframe', 'hls', 'dash', 'file'];

/** Playback grants: lifetime, start, addresses, and the video they open. */
export const playback: readonly ConformanceCase[] = [
  {
    id: 'playback/lifetime',
    title: 'contract 15: a grant has the requested lifetime, and is to be renewed after four fifths of it',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const { nowMs } = scenario;
      const playback = await scenario.storage.getPlaybackUrl(videoId, { expiresInSeconds: 600 });
      isTimestamp('expiresAt', playback.expiresAt);
      isTimestamp('renewAfter', playback.renewAfter);
      const lifetimeMs = Date.parse(playback.expiresAt) - nowMs;
      assert.ok(Math.abs(lifetimeMs - 600_000) <= 5000, `the grant is valid for ${lifetimeMs} ms`);
      const renewMs = Date.parse(playback.renewAfter) - nowMs;
      assert.ok(Math.abs(renewMs - 480_000) <= 5000, `the grant is renewed after ${renewMs} ms`);
      const usualMs = Date.parse((await scenario.storage.getPlaybackUrl(videoId)).expiresAt) - nowMs;
      assert.ok(Math.abs(usualMs - 3_600_000) <= 5000, `by default a grant is valid for ${usualMs} ms`);
      const longest = await scenario.storage.getPlaybackUrl(videoId, { expiresInSeconds: 86_400 });
      const longestMs = Date.parse(longest.expiresAt) - nowMs;
      assert.ok(Math.abs(longestMs - 86_400_000) <= 5000, `the longest grant is valid for ${longestMs} ms`);
      assert.equal((await scenario.subject.play(longest)).status, 200);
      assert.equal(playback.videoId, videoId);
      assert.equal(playback.url, playback.sources[0]?.url);
      assert.equal(playback.kind, playback.sources[0]?.kind);
    },
  },
  {
    id: 'playback/expired',
    title: 'contract 15: an expired grant is refused',
    needs: ['clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const playback = await scenario.storage.getPlaybackUrl(videoId, { expiresInSeconds: 60 });
      assert.equal((await scenario.subject.play(playback)).status, 200);
      // At `expiresAt` itself the grant has expired.
      scenario.subject.clock?.advance(Math.min(Date.parse(playback.expiresAt) - scenario.nowMs, 60_000));
      isRefusedOrMissing(await scenario.subject.play(playback), 'an expired grant');
    },
  },
  {
    id: 'playback/not-before',
    title: 'contract 15: a grant with `notBefore` is refused until then, or is not issued',
    needs: ['clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const notBefore = new Date(scenario.nowMs + 600_000).toISOString();
      const playback = await grantOrNone(scenario, videoId, { notBefore });
      if (playback === undefined) return;
      const lifetimeMs = Date.parse(playback.expiresAt) - scenario.nowMs;
      assert.ok(
        Math.abs(lifetimeMs - 3_600_000) <= 5000,
        `a grant with \`notBefore\` is valid until ${lifetimeMs} ms from now`,
      );
      isRefusedOrMissing(await scenario.subject.play(playback), 'a grant before its `notBefore`');
      scenario.subject.clock?.advance(601_000);
      assert.equal((await scenario.subject.play(playback)).status, 200);
    },
  },
  {
    id: 'playback/ip-range',
    title: 'contract 15: a grant for another address is refused, or is not issued',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      // An address of the range for documentation, which no client has.
      const playback = await grantOrNone(scenario, videoId, { ipRange: '192.0.2.7/32' });
      if (playback !== undefined)
        isRefusedOrMissing(await scenario.subject.play(playback), 'a grant for another address');
    },
  },
  {
    id: 'playback/kind',
    title: 'contract 15: the requested kind is the first source, or the grant is not issued; at least one kind is',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const usual = await scenario.storage.getPlaybackUrl(videoId);
      const had: PlaybackKind[] = [];
      for (const kind of KINDS) {
        const playback = await grantOrNone(scenario, videoId, { kind });
        if (playback === undefined) continue;
        assert.deepEqual([playback.kind, playback.sources[0]?.kind], [kind, kind]);
        had.push(kind);
      }
      assert.ok(had.includes(usual.kind), `${usual.kind} is the first source, but cannot be requested`);
    },
  },
  {
    id: 'playback/other-video',
    title: 'contract 15, T-D1: a grant for one video does not open another',
    async run(scenario) {
      const [one, other] = [await scenario.ready(), await scenario.ready()];
      const playback = await scenario.storage.getPlaybackUrl(one.videoId);
      const stolen = JSON.parse(swapVideo(JSON.stringify(playback), one.videoId, other.videoId)) as typeof playback;
      if (stolen.url === playback.url) return;
      const { status } = await scenario.subject.play(stolen);
      assert.ok(status === 401 || status === 403 || status === 404, `another video’s URL answers ${status}`);
    },
  },
  {
    id: 'playback/options',
    title: 'contract 15: invalid lifetimes, starts, address ranges and unknown names are refused, all in one error',
    async run(scenario) {
      const wrong = { expiresInSeconds: 0, notBefore: 'tomorrow', ipRange: '::1/200', iprange: '192.0.2.7' };
      assert.equal((await findsProblems(scenario.storage.getPlaybackUrl('a-video', wrong))).length, 4);
      for (const expiresInSeconds of [-1, 1.5, 86_401, Number.NaN]) {
        await refuses(scenario.storage.getPlaybackUrl('a-video', { expiresInSeconds }), 'VALIDATION_FAILED');
      }
      const never = { expiresInSeconds: 60, notBefore: new Date(scenario.nowMs + 600_000).toISOString() };
      await refuses(scenario.storage.getPlaybackUrl('a-video', never), 'VALIDATION_FAILED');
      await refuses(scenario.storage.getPlaybackUrl('a-video', { downloadName: 'name.mp4' }), 'VALIDATION_FAILED');
      for (const viewer of [
        { userId: '', role: 'teacher' },
        { userId: 'teacher-1', role: 'x'.repeat(129) },
      ]) {
        await refuses(scenario.storage.getPlaybackUrl('a-video', { viewer }), 'VALIDATION_FAILED');
      }
    },
  },
  {
    id: 'playback/download',
    title:
      'contract 9, contract 15: a grant has a URL to save the file only when requested, and under the requested name',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const { downloadUrl: unasked } = await scenario.storage.getPlaybackUrl(videoId);
      assert.equal(unasked, undefined, 'a download URL was not requested');
      const named = { downloadable: true, downloadName: 'lecture-7.mp4' };
      const { downloadUrl } = (await grantOrNone(scenario, videoId, named)) ?? {};
      // A backend may have no download URL.
      assert.ok(downloadUrl === undefined || downloadUrl.includes('lecture-7'), 'the name is not in the URL');
    },
  },
];

/** The grant; undefined when the storage refuses to issue it. */
export async function grantOrNone(
  scenario: Scenario,
  videoId: string,
  options: PlaybackOptions,
): Promise<Playback | undefined> {
  const grant = scenario.storage.getPlaybackUrl(videoId, options);
  const isGiven = await grant.then(
    () => true,
    () => false,
  );
  if (isGiven) return grant;
  await refuses(grant, 'VALIDATION_FAILED');
  return undefined;
}

function isRefusedOrMissing({ status }: { readonly status: number }, what: string): void {
  assert.ok(status === 401 || status === 403, `${what} answers ${status}`);
}

/** Object stores derive the key from the first part of the id, so this part is replaced too. */
function swapVideo(text: string, videoId: string, otherId: string): string {
  const [stem = videoId] = videoId.split('-');
  const [otherStem = otherId] = otherId.split('-');
  return text.replaceAll(videoId, otherId).replaceAll(stem, otherStem);
}
