import type { Clock } from '@videostorage/core';
import type { FaultScript } from '../shared/fault-script.ts';
import type { DeletionAnswer } from './envelope.ts';
import type { ProcessingTimes } from './processing.ts';
import type { RequestAllowance } from './rate-limit.ts';
import type { KeyPair } from './signing-keys.ts';

/** Settings of `CloudflareStreamEmulator.start`. */
export interface CloudflareStreamEmulatorOptions {
  /** Default: a free port. */
  readonly port?: number | undefined;
  /** Default: random, 32 hexadecimal digits. */
  readonly accountId?: string | undefined;
  /** Default: random. */
  readonly apiToken?: string | undefined;
  /** Default: random. */
  readonly customerCode?: string | undefined;
  /** Origin in upload URLs when a proxy stands in front of the emulator. Default: the emulator's own. */
  readonly uploadOrigin?: string | undefined;
  /** Prepaid minutes; 0: no subscription, so that all calls but `storage-usage` are refused. Default 1 000 000. */
  readonly storageMinutes?: number | undefined;
  /** Videos that may be queued or encoding at once. Default 120. */
  readonly maxEncodingVideos?: number | undefined;
  /** Status of the refusal above it: the service documents both. Default 429. */
  readonly encodingRefusalStatus?: 413 | 429 | undefined;
  /** Its sentence, whose wording the service documents nowhere. Default: one of the emulator's. */
  readonly encodingRefusalMessage?: string | undefined;
  /**
   * Settings in lower case that a tus creation does not take from `Upload-Metadata`: they become members of `meta` without a
   * word, as a misspelt one does. Default: none.
   */
  readonly tusKeysNotTaken?: readonly string[] | undefined;
  /** Whether members of `meta` keep the case that `Upload-Metadata` has: the service does not say. Default `as-sent`. */
  readonly tusMetaKeys?: 'as-sent' | 'lower-case' | undefined;
  /**
   * Code of the router's 404, for a path that leads nowhere or an account id that is none: the service answers either. It is
   * not the 10003 by which Stream says that a video does not exist. Default 7003.
   */
  readonly routerCode?: 7000 | 7003 | undefined;
  /** Signing keys that an account may have. Default 1 000. */
  readonly maxSigningKeys?: number | undefined;
  /**
   * Makes the RSA pair of each signing key. Default: a fresh one of 2 048 bits, some 100 ms of computing each; tests that
   * start many emulators share a few.
   */
  readonly makeKeyPair?: (() => Promise<KeyPair>) | undefined;
  /** How long the steps of processing take, by the clock. */
  readonly processing?: ProcessingTimes | undefined;
  /** Requests to the API in a window. Default 1 200 in 300 seconds. */
  readonly rateLimit?: RequestAllowance | undefined;
  /** `err`: say `errReasonCode`, as some of the service's samples do, instead of `errorReasonCode`. Default `error`. */
  readonly errorKeys?: 'error' | 'err' | undefined;
  /** How deletions are answered: an envelope, an empty 200, or 204. Clients must bear all. Default `envelope`. */
  readonly deletionAnswer?: DeletionAnswer | undefined;
  /** True: videos carry fields that nobody has heard of, as after a release of the service. Default false. */
  readonly hasUnknownFields?: boolean | undefined;
  /** False: webhooks to this computer are refused, as the service does. Default true. */
  readonly allowLoopbackWebhooks?: boolean | undefined;
  /** False: works as on a computer without ffmpeg. Default: ffmpeg is used where it is found. */
  readonly useFfmpeg?: boolean | undefined;
  /** Shared with another emulator, so that a fault meets whichever is asked next. Default: an own one. */
  readonly faults?: FaultScript | undefined;
  /** Default: the computer's time. */
  readonly clock?: Clock | undefined;
}
