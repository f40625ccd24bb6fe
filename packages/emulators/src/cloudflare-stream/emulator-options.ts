import type { Clock } from '@videostorage/core';
import type { FaultScript } from '../shared/fault-script.ts';
import type { DeletionAnswer } from './envelope.ts';
import type { ProcessingTimes } from './processing.ts';
import type { RequestAllowance } from './rate-limit.ts';
import type { KeyPair } from './signing-keys.ts';

/** Settings of `CloudflareStreamEmulator.start`. */
export interface CloudflareStreamEmulatorOptions {
  /** Port on which the emulator listens. Default: a free port. */
  readonly port?: number | undefined;
  /** Id of the account. Default: random, 32 hexadecimal digits. */
  readonly accountId?: string | undefined;
  /** API token of the account. Default: random. */
  readonly apiToken?: string | undefined;
  /** Code of the account in playback host names. Default: random. */
  readonly customerCode?: string | undefined;
  /** Origin in upload URLs, for instance that of a proxy in front of the emulator. Default: the emulator's own. */
  readonly uploadOrigin?: string | undefined;
  /** Prepaid minutes; 0: no subscription, so that all calls except `storage-usage` are refused. Default 1 000 000. */
  readonly storageMinutes?: number | undefined;
  /** How many videos may be queued or encoding at the same time. Default 120. */
  readonly maxEncodingVideos?: number | undefined;
  /** HTTP status of the answer to an upload beyond `maxEncodingVideos`: the service documents both. Default 429. */
  readonly encodingRefusalStatus?: 413 | 429 | undefined;
  /** Message of that refusal, which the service does not document. Default: a message of the emulator. */
  readonly encodingRefusalMessage?: string | undefined;
  /**
   * Names of settings, in lower case, that the emulator ignores when they are in `Upload-Metadata` of a tus upload: as
   * with misspelt names, they become members of `meta` without an error. Default: none.
   */
  readonly tusKeysNotTaken?: readonly string[] | undefined;
  /** Whether members of `meta` keep the case they have in `Upload-Metadata`; the service does not document it. Default `as-sent`. */
  readonly tusMetaKeys?: 'as-sent' | 'lower-case' | undefined;
  /**
   * Whether the bytes of a tus chunk that arrived before its connection broke are kept. The service does not document it;
   * clients must be able to continue from either offset. Default true.
   */
  readonly keepsInterruptedChunks?: boolean | undefined;
  /**
   * Code of the router's 404, for an unknown path or a malformed account id: the service uses both. Not to be confused with
   * 10003, which says that a video does not exist. Default 7003.
   */
  readonly routerCode?: 7000 | 7003 | undefined;
  /** How many signing keys an account may have. Default 1 000. */
  readonly maxSigningKeys?: number | undefined;
  /**
   * Creates the RSA key pair of each signing key. Default: a new pair of 2 048 bits, which takes some 100 ms to compute; tests
   * that start many emulators may share a few.
   */
  readonly makeKeyPair?: (() => Promise<KeyPair>) | undefined;
  /** Duration of each step of processing, measured by `clock`. Default: those of `ProcessingTimes`. */
  readonly processing?: ProcessingTimes | undefined;
  /** How many requests the API accepts in a window. Default 1 200 in 300 seconds. */
  readonly rateLimit?: RequestAllowance | undefined;
  /** `err`: the field is called `errReasonCode`, as in some samples of the service, instead of `errorReasonCode`. Default `error`. */
  readonly errorKeys?: 'error' | 'err' | undefined;
  /** How deletions are answered: an envelope, an empty 200, or 204. Clients must accept all. Default `envelope`. */
  readonly deletionAnswer?: DeletionAnswer | undefined;
  /** True: videos have unknown fields, as after a release of the service. Default false. */
  readonly hasUnknownFields?: boolean | undefined;
  /** False: webhooks to this computer are refused, as by the service. Default true. */
  readonly allowLoopbackWebhooks?: boolean | undefined;
  /**
   * Whether ffmpeg is used when it is installed. False: the emulator behaves as on a computer without ffmpeg. Default
   * true.
   */
  readonly useFfmpeg?: boolean | undefined;
  /**
   * The script of faults. Pass one script to several emulators to make the next request fail, whichever of them receives
   * it. Default: a new one.
   */
  readonly faults?: FaultScript | undefined;
  /** The clock for expiry and processing. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Names of the options. */
export const EMULATOR_OPTION_NAMES: Readonly<Record<keyof CloudflareStreamEmulatorOptions, true>> = {
  ...{ port: true, accountId: true, apiToken: true, customerCode: true, uploadOrigin: true, faults: true, clock: true },
  ...{ storageMinutes: true, maxEncodingVideos: true, encodingRefusalStatus: true, encodingRefusalMessage: true },
  ...{ tusKeysNotTaken: true, tusMetaKeys: true, routerCode: true, errorKeys: true, deletionAnswer: true },
  ...{ hasUnknownFields: true, maxSigningKeys: true, makeKeyPair: true, processing: true, rateLimit: true },
  ...{ allowLoopbackWebhooks: true, useFfmpeg: true, keepsInterruptedChunks: true },
};
