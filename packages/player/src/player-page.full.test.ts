import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeHls, makeVideo } from '../test-support/browser.ts';
import { WatchedHost } from '../test-support/watched-host.ts';
import { furthestBack, WatchedPage } from '../test-support/watched-page.ts';

const HOSTILE = [
  ...[
    '"><img src=x onerror="window.hacked=1">',
    '</script><script>window.hacked=1</script>',
    'javascript:window.hacked=1',
  ],
  ...[
    '\u2028window.hacked=1//',
    '<iframe srcdoc="<script>parent.hacked=1</script>">',
    "' onfocus='window.hacked=1' autofocus='",
  ],
];
const TRACKS = `[
  { kind: 'captions', language: 'en', label: '<b onclick=x>English</b>', url: location.origin + '/hostile.vtt' },
  { kind: 'captions', language: 'de', label: 'evil', url: 'javascript:window.hacked=1' },
]`;
const HOSTILE_VTT =
  'WEBVTT\n\n00:00.000 --> 00:40.000\n<img src=x onerror="window.hacked=1"><v a onmouseover=x>Cue</v><script>window.hacked=1</script>\n';

let folder: string;
let browser: Browser;
let host: WatchedHost;
let videoId: string;
let watched: WatchedPage | undefined;

describe.skipIf(!canPlayHere)('the page with the element', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'videostorage-player-film-'));
    await makeVideo(join(folder, 'film.mp4'), 40, 2);
    browser = await launchBrowser();
    host = await WatchedHost.open('local');
    videoId = await host.upload(join(folder, 'film.mp4'));
  });
  beforeEach(() => {
    host.service.expiresInSeconds = 3600;
    host.mayWatch = true;
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (attributes: Readonly<Record<string, string>> = {}) => {
    watched = await WatchedPage.open(browser, host, { 'video-id': videoId, ...attributes });
    return watched;
  };
  const seriousFaults = async (page: WatchedPage) => {
    await page.page.evaluate(axe.source);
    const { violations } = (await page.page.evaluate('axe.run()')) as { violations: { id: string; impact: string }[] };
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
  };
  const elementsIn = (page: WatchedPage) =>
    page.look(
      "[...player.shadowRoot.querySelectorAll('*')].map((each) => each.localName).filter((name) => ['img', 'script', 'iframe', 'b', 'a'].includes(name)).join()",
    );

  describe('T-L1, T-L2: hostile text', () => {
    test.each(HOSTILE)(
      '%j as label, poster, texts, id and endpoint makes no element and runs nothing',
      async (text) => {
        const page = await open({ label: text, poster: text, preload: 'none' });
        await page.page.evaluate((hostile) => {
          const player = document.querySelector('video-storage-player');
          if (player === null) return;
          player.texts = { play: hostile, player: hostile, notFound: hostile, retry: hostile, loading: hostile };
          player.setAttribute('kind', hostile);
        }, text);
        await page.waitFor("player.shadowRoot.querySelector('[part=start]').hidden === false");
        await page.play();
        expect(await elementsIn(page)).toBe('img');
        // As a poster it is undefined, or a URL of the page's own origin.
        const poster = String(await page.look("player.shadowRoot.querySelector('video').poster"));
        expect(poster === '' || poster.startsWith(host.origin)).toBe(true);
        expect(await page.look("player.shadowRoot.querySelector('video').getAttribute('aria-label')")).toBe(text);
        await page.page.evaluate(
          (hostile) => document.querySelector('video-storage-player')?.setAttribute('video-id', hostile),
          text,
        );
        await page.waitFor('player.error !== undefined');
        expect(await page.words()).toBe(text);
        expect(await elementsIn(page)).toBe('img');
        expect(page.faults).toEqual([]);
        await page.page.evaluate(
          ([hostile, id]) => {
            const ask = window.fetch;
            window.fetch = (...words) => {
              Object.assign(window, { asked: String(words[0]) });
              return ask(...words);
            };
            const player = document.querySelector('video-storage-player');
            player?.setAttribute('endpoint', hostile);
            player?.setAttribute('video-id', id);
            player?.play().catch(() => {});
          },
          [text, videoId] as const,
        );
        await page.waitFor('window.asked !== undefined');
        // Slashes at its end are left out.
        expect(await page.look('window.asked')).toContain(text.replace(/\/+$/, ''));
        expect(await elementsIn(page)).toBe('img');
        expect(await page.page.evaluate('window.hacked')).toBeUndefined();
      },
    );

    test.each([
      ['javascript:window.hacked=1', 'file'],
      ['//evil.example/x.mp4', 'file'],
      ['http://evil.example/x.mp4', 'hls'],
      ['javascript:window.hacked=1', 'iframe'],
      ['SAME-ORIGIN/api/video/health', 'iframe'],
    ])('%s as the source of a grant (%s) is not loaded', async (url, kind) => {
      const page = await open({ preload: 'none', 'embed-script-url': '/sdk.js' });
      const body = 'window.Stream = () => new EventTarget();';
      await page.page.route('**/sdk.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
      const asked: string[] = [];
      page.page.on('request', (request) => asked.push(request.url()));
      await page.page.evaluate(
        ([source, sourceKind, id]) => {
          const player = document.querySelector('video-storage-player');
          if (player === null) return;
          const address = source?.replace('SAME-ORIGIN', location.origin);
          const times = { renewAfter: new Date(9e12).toISOString(), expiresAt: new Date(9.1e12).toISOString() };
          const grant = { videoId: id, kind: sourceKind, url: address, access: 'url', ...times };
          const playback = { ...grant, sources: [{ kind: sourceKind, url: address, mimeType: 'video/mp4' }] };
          Object.assign(player, { transport: { getPlaybackUrl: async () => playback } });
          player.setAttribute('preload', 'metadata');
        },
        [url, kind, videoId] as const,
      );
      await page.waitFor('player.error !== undefined');
      expect(await elementsIn(page)).toBe('img');
      expect(asked.filter((each) => /evil|health|javascript/.test(each))).toEqual([]);
      expect(await page.page.evaluate('window.hacked')).toBeUndefined();
    });

    test('T-L3: captions with HTML in label and cue are text; a track whose address is not a URL is omitted', async () => {
      const page = await open({ preload: 'none' });
      await page.page.route('**/hostile.vtt', (route) => route.fulfill({ contentType: 'text/vtt', body: HOSTILE_VTT }));
      await page.page.evaluate(`(async () => {
        const player = document.querySelector('video-storage-player');
        const ask = (id, body) => fetch('/api/video/videos/' + id + '/playback',
          { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).then((answer) => answer.json());
        player.transport = { getPlaybackUrl: async (id, body) => ({ ...await ask(id, body), textTracks: ${TRACKS} }) };
      })()`);
      await page.play();
      await page.look("void (player.shadowRoot.querySelector('video').textTracks[0].mode = 'showing')");
      await page.waitFor("player.shadowRoot.querySelector('video').textTracks[0].activeCues?.length === 1");
      const video = "player.shadowRoot.querySelector('video')";
      expect(await page.look(`[${video}.textTracks.length, ${video}.textTracks[0].label]`)).toEqual([
        1,
        '<b onclick=x>English</b>',
      ]);
      expect(await elementsIn(page)).toBe('img');
      expect(await page.page.evaluate('window.hacked')).toBeUndefined();
      expect(page.faults).toEqual([]);
    });
  });

  test('captions and keyboard focus are kept when a renewed source takes over, and the position when the element is moved in the page', async () => {
    host.service.expiresInSeconds = 3;
    const page = await open({ preload: 'none' });
    await page.page.route('**/en.vtt', (route) => route.fulfill({ contentType: 'text/vtt', body: HOSTILE_VTT }));
    await page.page.evaluate(`(() => {
      const player = document.querySelector('video-storage-player');
      const textTracks = [{ kind: 'captions', language: 'en', label: 'English', url: location.origin + '/en.vtt' }];
      const ask = (id) => fetch('/api/video/videos/' + id + '/playback', { method: 'POST' }).then((answer) => answer.json());
      player.transport = { getPlaybackUrl: async (id) => ({ ...await ask(id), textTracks }) };
    })()`);
    await page.play();
    // In one step, while no other source is taking over: on a busy machine the grant may expire between two calls.
    await page.waitFor(`(() => {
      const [first, second] = player.shadowRoot.querySelectorAll('video');
      if (second !== undefined || first.textTracks.length === 0) return false;
      window.first = first;
      first.textTracks[0].mode = 'showing';
      first.focus();
      return true;
    })()`);
    await page.waitFor(
      "player.shadowRoot.querySelectorAll('video').length === 1 && player.shadowRoot.querySelector('video') !== window.first",
    );
    expect(await page.look("player.shadowRoot.activeElement === player.shadowRoot.querySelector('video')")).toBe(true);
    expect(await page.look("player.shadowRoot.querySelector('video').textTracks[0].mode")).toBe('showing');
    const position = Number(await page.look('player.currentTime'));
    await page.look('void document.body.append(player)');
    await page.waitFor(`player.duration > 0 && player.currentTime >= ${position}`);
    expect(page.faults).toEqual([]);
  });

  test('captions that are switched on after the first grant has ended are loaded with a newer one', async () => {
    const cloud = await WatchedHost.open('s3 by query');
    try {
      const id = await cloud.upload(join(folder, 'film.mp4'));
      const hls = join(folder, 'hls');
      await mkdir(hls);
      await makeHls(join(folder, 'film.mp4'), hls);
      await writeFile(join(hls, 'en.vtt'), 'WEBVTT\n\n00:00.000 --> 00:40.000\nHello\n');
      await cloud.putHls(id, hls);
      cloud.service.expiresInSeconds = 3;
      watched = await WatchedPage.open(browser, cloud, { 'video-id': id, kind: 'hls', preload: 'none' });
      await watched.page.evaluate(`(() => {
        const player = document.querySelector('video-storage-player');
        const ask = (id, body) => fetch('/api/video/videos/' + id + '/playback',
          { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).then((answer) => answer.json());
        const withTracks = (grant) => ({ ...grant,
          textTracks: [{ kind: 'captions', language: 'en', label: 'English', url: grant.scopeUrl + 'en.vtt' }] });
        player.transport = { getPlaybackUrl: async (id, body) => withTracks(await ask(id, body)) };
      })()`);
      await watched.play();
      expect(await watched.look('player.playback.access')).toBe('query');
      const endsAt = Date.parse(String(await watched.look('player.playback.expiresAt')));
      await expect.poll(() => Date.now() > endsAt + 1000, { timeout: 20_000 }).toBe(true);
      await watched.waitFor('player.renewals > 0 && !player.paused');
      const captions =
        "[...player.shadowRoot.querySelector('video').textTracks].find(({ label }) => label === 'English')";
      await watched.look(`void (${captions}.mode = 'showing')`);
      await watched.waitFor(`${captions}.activeCues?.length === 1`, 20_000);
      expect(watched.faults).toEqual([]);
    } finally {
      await watched?.close();
      watched = undefined;
      await cloud.close();
    }
  });

  test('preload="none": no grant is requested before the first click, which the keyboard can make too', async () => {
    const { grants } = host;
    const page = await open({ preload: 'none', label: 'Lesson 1' });
    await page.waitFor("player.shadowRoot.querySelector('[part=start]').hidden === false");
    expect(host.grants).toBe(grants);
    await page.page.keyboard.press('Tab');
    await page.page.keyboard.press('Enter');
    await page.waitFor('player.currentTime > 0.2 && !player.paused');
    expect(host.grants).toBe(grants + 1);
    expect(page.faults).toEqual([]);
  });

  test('is styled in another document too', async () => {
    const page = await open({ preload: 'none' });
    await page.waitFor("player.shadowRoot.querySelector('[part=start]').hidden === false");
    const position = await page.page.evaluate(() => {
      const player = document.querySelector('video-storage-player');
      const frame = document.body.appendChild(document.createElement('iframe'));
      if (player !== null) frame.contentDocument?.body.append(player);
      const stage = player?.shadowRoot?.querySelector('[part=stage]');
      return stage && frame.contentWindow?.getComputedStyle(stage).position;
    });
    expect(position).toBe('absolute');
    expect(page.faults).toEqual([]);
  });

  test('begins at start-at, and reports how far it was watched without a gap', async () => {
    const page = await open({ 'start-at': '12.5' });
    await page.play();
    await page.waitFor('player.currentTime > 14');
    await page.look('player.pause()');
    await page.waitFor("events.some((event) => event.startsWith('seen-until'))");
    const seen = Number(await page.look('player.seenUntil'));
    expect(seen).toBeGreaterThan(13.5);
    expect(seen).toBeLessThanOrEqual(Number(await page.look('player.currentTime')));
    await page.look('void (player.currentTime = 14.5, player.play())');
    await page.waitFor(`player.seenUntil > ${seen} + 0.5`);
    const { events } = await page.watched();
    const reports = events.filter((event) => event.startsWith('seen-until')).length;
    await page.look("void window.dispatchEvent(new Event('pagehide'))");
    await page.waitFor(`events.filter((event) => event.startsWith('seen-until')).length > ${reports}`);
    await page.look('void (player.currentTime = 30)');
    await page.waitFor('player.currentTime > 31');
    expect(Number(await page.look('player.seenUntil'))).toBeLessThan(20);
    await page.look('void (player.currentTime = 39)');
    await page.waitFor("player.ended && events.includes('ended')");
    expect(page.faults).toEqual([]);
  });

  test('after an outage longer than the grant the video continues at its position', async () => {
    host.service.expiresInSeconds = 2;
    const page = await open();
    await page.play();
    await page.page.context().setOffline(true);
    const endsAt = Date.parse(String(await page.look('player.playback.expiresAt')));
    await page.look('void (player.currentTime = 30)');
    await expect.poll(() => Date.now() > endsAt + 1000, { timeout: 20_000 }).toBe(true);
    await page.page.context().setOffline(false);
    await page.waitFor('player.currentTime > 31 && !player.paused');
    expect(furthestBack((await page.watched()).samples)).toBe(0);
    await page.waitFor("player.shadowRoot.querySelector('[part=notice]').hidden");
    expect(await page.look('player.error')).toBeUndefined();
  });

  test('a source that is not a video is reported as unplayable, with a button to try again', async () => {
    const page = await open({ preload: 'none' });
    await page.page.route('**/media/videos/**', (route) =>
      route.fulfill({ contentType: 'video/mp4', body: 'no video' }),
    );
    await page.look('void player.play().catch(() => {})');
    await page.waitFor('player.error !== undefined');
    expect(await page.words()).toBe('This video cannot be played here; please try again, or use another browser.');
    expect((await page.watched()).events).toContain('error');
    expect(await seriousFaults(page)).toEqual([]);
    await page.page.unroute('**/media/videos/**');
    await page.page.getByRole('button', { name: 'Try again' }).click();
    await page.waitFor('player.duration > 30 && player.error === undefined');
    expect(await page.words()).toBe('');
  });

  test('an embed script that cannot be loaded is reported, and leaves nothing in the page', async () => {
    const stream = await WatchedHost.open('stream');
    try {
      const id = await stream.upload(join(folder, 'film.mp4'));
      watched = await WatchedPage.open(browser, stream, {
        'video-id': id,
        'embed-script-url': `${stream.origin}/nothing.js`,
      });
      await watched.waitFor('player.error !== undefined');
      expect(await watched.words()).toBe('The video cannot be loaded at the moment; please try again.');
      expect(await watched.look('document.querySelectorAll(\'script[src$="nothing.js"]\').length')).toBe(0);
      await watched.look(`void player.setAttribute('embed-script-url', '${stream.backend.embedScriptUrl}')`);
      await watched.play();
      const frame = "player.shadowRoot.querySelector('iframe')";
      expect(await watched.look(`[${frame}.getAttribute('sandbox'), ${frame}.referrerPolicy]`)).toEqual([
        ...['allow-scripts allow-same-origin allow-presentation', 'strict-origin-when-cross-origin'],
      ]);
      expect(await seriousFaults(watched)).toEqual([]);
      expect(watched.faults).toEqual([]);
    } finally {
      await watched?.close();
      watched = undefined;
      await stream.close();
    }
  });

  test('axe finds no serious problem before it plays, while it plays, and after the host app has ended it', async () => {
    host.service.expiresInSeconds = 2;
    const page = await open({ preload: 'none' });
    await page.waitFor("player.shadowRoot.querySelector('[part=start]').hidden === false");
    expect(await seriousFaults(page)).toEqual([]);
    await page.play();
    expect(await seriousFaults(page)).toEqual([]);
    host.mayWatch = false;
    await page.waitFor('player.error !== undefined');
    expect(await seriousFaults(page)).toEqual([]);
  });
});
