import type { CloudflareStreamEmulatorOptions } from '@videostorage/emulators';
import type { CloudflareStreamOptions } from '../src/cloudflare-stream-options.ts';
import type { CloudflareStreamStorage } from '../src/cloudflare-stream-storage.ts';
import type { ApiOperation, UploadIds } from './api-operations.ts';
import type { EmulatedSubject } from './subject.ts';
import { type Subjects, send, upload } from './subjects.ts';

/** An account in the state that an operation begins in. */
export interface PreparedAccount {
  readonly subject: EmulatedSubject;
  /** The storage under test, whose clock may be wrong. */
  readonly storage: CloudflareStreamStorage;
  /** Of the one video. */
  readonly ids: UploadIds;
}

/** How an account is prepared. */
export interface PreparedAccountOptions {
  /** How the emulator behaves where the documentation leaves it open. */
  readonly emulated?: CloudflareStreamEmulatorOptions | undefined;
  /** By how much the host app's clock is ahead of the provider's. Default 0. */
  readonly offMs?: number | undefined;
  /** Settings of the storage under test. */
  readonly overrides?: Partial<CloudflareStreamOptions> | undefined;
}

/** Longer than a reference is valid, by either clock. */
const UNCONFIRMABLE_MS = 50 * 3_600_000;

/**
 * An account with one video: sent, for a confirm, a cancellation or a sweep, else ready, with a download and captions. It has a
 * second key, to be deleted.
 */
export async function prepareAccount(
  subjects: Subjects,
  { name }: ApiOperation,
  { emulated = {}, offMs = 0, overrides = {} }: PreparedAccountOptions = {},
): Promise<PreparedAccount> {
  const subject = await subjects.create({}, emulated);
  const { clock } = subject;
  const skewed = {
    now: () => clock.now() + offMs,
    sleep: (delayMs: number, signal?: AbortSignal) => clock.sleep(delayMs, signal),
  };
  const { storage } = subject.with({ clock: skewed, allowCopyFromUrl: true, ...overrides });
  const isUnconfirmed = /^(?:confirm|abort|sweep)/.test(name);
  const { videoId, uploadReference } = await (isUnconfirmed ? send(subject) : upload(subject));
  await subject.emulator.finishProcessing();
  // Captions that the operation generates must not exist yet.
  if (!isUnconfirmed && name !== 'captions.generate') await storage.captions.upload(videoId, 'en', 'WEBVTT\n');
  if (!isUnconfirmed) await storage.downloads.create(videoId, 'audio');
  const { id: signingKeyId } = await subject.storage.signingKeys.create();
  if (name === 'sweep') clock.advance(UNCONFIRMABLE_MS);
  return { subject, storage, ids: { videoId, uploadReference, signingKeyId } };
}
