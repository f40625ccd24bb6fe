import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudflareStreamEmulator } from '@videostorage/emulators';
import { fixtures } from '@videostorage/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../test-support/chromium.ts';
import { EmulatedAmazon } from '../test-support/emulated-amazon.ts';
import { NextApp } from '../test-support/next-app.ts';
import { EXAMPLES, freePort, StartedExample } from '../test-support/started-example.ts';
import { uploadAndPlay } from '../test-support/upload-and-play.ts';

/** It builds packages that are not built yet, and Next is large. */
const INSTALL_MS = 300_000;

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** The reason why the server of an example does not start. */
async function failureOf(name: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const example = await StartedExample.startServer(name, environment).catch((error: unknown) => String(error));
  if (typeof example === 'string') return example;
  await example.stop();
  return 'It starts.';
}

/** Whether a server listens at an address of this computer. */
function listens(host: string, port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

describe.each(['express', 'fastify', 'hono', 'node', 'react'])('the server of examples/%s', (name) => {
  test('accepts connections only from this computer, and exits with the reason when its port is in use', async () => {
    const example = await StartedExample.startServer(name);
    try {
      const { port } = new URL(example.url);
      expect((await fetch(`${example.url}/api/video/health`)).status).toBe(200);
      // A server that listens on every address also listens on other addresses of the loopback network.
      expect(await listens('127.0.0.2', port)).toBe(false);
      expect(await failureOf(name, { PORT: port })).toMatch(/ended with 1:.*EADDRINUSE/s);
    } finally {
      await example.stop();
    }
  });

  test('exits with the reason when its secret is not set', async () => {
    expect(await failureOf(name, { VIDEO_SECRET: '' })).toMatch(/ended with 1:.*referenceSecrets/s);
  });
});

// How many lines they have is counted by `packages/player/src/examples.test.ts`.
describe.skipIf(!hasChromium).each(['express', 'fastify', 'react'])('examples/%s', (name) => {
  test('uploads a video in a browser and plays it, under its Content-Security-Policy', async () => {
    const example = await StartedExample.start(name);
    try {
      await uploadAndPlay(browser, example);
    } finally {
      await example.stop();
    }
  });
});

/** The answer to a grant's URL. */
async function playbackUrl({ url: origin }: StartedExample, videoId: string): Promise<string> {
  const headers = { Origin: origin, 'Content-Type': 'application/json' };
  const asked = { method: 'POST', headers, body: '{}' };
  return (await (await fetch(`${origin}/api/video/videos/${videoId}/playback`, asked)).json()).url;
}

/** As its README says for this backend: bucket and distribution are other origins than the page. */
function policyOf({ s3, cloudFront }: EmulatedAmazon): string {
  const [bucket, distribution] = [s3.endpoint, cloudFront.endpoint];
  const own = `default-src 'self'; connect-src 'self' ${bucket} ${distribution}`;
  return `${own}; media-src 'self' blob: ${distribution}; img-src 'self' ${distribution}`;
}

describe.skipIf(!hasChromium)('examples/fastify with videos in S3 behind CloudFront', () => {
  test('uploads a video in a browser into the bucket and plays it from the distribution, under its Content-Security-Policy', async () => {
    const PORT = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-fastify-'));
    const amazon = await EmulatedAmazon.start(`http://localhost:${PORT}`);
    try {
      await StartedExample.bundlePage('fastify', folder);
      const page = join(folder, 'dist/index.html');
      const html = await readFile(page, 'utf8');
      await writeFile(page, html.replace(/default-src[^"]*/, policyOf(amazon)));
      const program = ['--conditions=@videostorage/source', join(EXAMPLES, 'fastify/src/s3.ts')];
      const example = await StartedExample.startProgram(folder, program, { ...amazon.environment, PORT });
      try {
        const videoId = await uploadAndPlay(browser, example);
        expect(amazon.s3.requests).toContain(`POST /${amazon.s3.bucket}`);
        // Only the page has requested it so far.
        expect(amazon.cloudFront.requests).toContainEqual(expect.stringMatching(/^GET \/videos\//));
        const url = await playbackUrl(example, videoId);
        const { origin, pathname } = new URL(url);
        expect(origin).toBe(amazon.cloudFront.endpoint);
        expect(await (await fetch(url)).bytes()).toEqual(await fixtures.moovFirst.read());
        // Unsigned, it is refused.
        expect((await fetch(`${origin}${pathname}`)).status).toBe(403);
      } finally {
        await example.stop();
      }
    } finally {
      await amazon.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!hasChromium)('examples/next with the packages as published', () => {
  let app: NextApp;
  beforeAll(async () => {
    app = await NextApp.install();
  }, INSTALL_MS);
  afterAll(() => app?.dispose());

  test('without settings, is built; with them, uploads a video in a browser and plays it', async () => {
    await app.build();
    const example = await app.start();
    await uploadAndPlay(browser, example).finally(() => example.stop());
  });

  test('with the routes of Cloudflare Stream and the account’s settings from the environment, uploads a video and plays it in Stream’s player', async () => {
    await app.useStream();
    await app.build();
    const stream = await CloudflareStreamEmulator.start();
    try {
      const { accountId, apiToken, apiOrigin, playbackOrigin } = stream;
      const { id, jwk } = await stream.createSigningKey();
      const example = await app.start({
        ...{ CLOUDFLARE_ACCOUNT_ID: accountId, CLOUDFLARE_API_TOKEN: apiToken, STREAM_KEY_ID: id, STREAM_KEY_JWK: jwk },
        NODE_OPTIONS: `--import ${new URL('../test-support/programs/cloudflare-here.ts', import.meta.url)}`,
        EMULATED_CLOUDFLARE_PORT: new URL(apiOrigin).port,
      });
      try {
        const videoId = await uploadAndPlay(browser, example, async (page) => {
          await page.route('https://embed.cloudflarestream.com/embed/sdk.latest.js', async (route) => {
            await route.fulfill({ response: await route.fetch({ url: `${playbackOrigin}/embed/sdk.latest.js` }) });
          });
        });
        expect(stream.requests).toContainEqual(expect.stringMatching(/^GET \/eyJ[^/]*\/iframe$/));
        expect(stream.requests).toContainEqual(expect.stringMatching(/^GET \/eyJ[^/]*\/manifest\//));
        const url = await playbackUrl(example, videoId);
        expect(url.startsWith(`${playbackOrigin}/eyJ`), url).toBe(true);
        expect((await fetch(url)).status).toBe(200);
      } finally {
        await example.stop();
      }
    } finally {
      await stream.stop();
    }
  });
});
