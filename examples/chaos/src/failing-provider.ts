import type { IncomingMessage } from 'node:http';
import type { VideoStorage } from '@videostorage/core';
import type { EmulatorFault, FaultAim } from '@videostorage/emulators';
import type { ShiftedClock } from './shifted-clock.ts';

/** A provider on this computer that fails now and then, and the storage over it. */
export interface FailingProvider {
  /** What the host app injects. */
  readonly storage: VideoStorage;
  /** Shared by storage and provider. */
  readonly clock: ShiftedClock;
  /** Requests of the host app so far; those of browsers are not counted. */
  readonly requests: ProviderRequests;
  /** Ends what the provider does in its own time. */
  finishProcessing(): Promise<void>;
  /** From here on nothing fails. */
  heal(): void;
  /** How much it holds beside these videos: other ones, bytes that were never confirmed, uploads that were never completed. */
  countBeside(videoIds: ReadonlySet<string>): Promise<number>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Counts requests of the host app. */
export interface ProviderRequests {
  /** All of them. */
  total: number;
  /** Look-ups of uploads whose creation had an unknown outcome, which a provider without faults is never asked for. */
  lookUps: number;
}

/** How an emulator is made to fail. */
export interface FaultSettings {
  /** Share of requests that fail, 0 to 1. */
  readonly faultShare: number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Requests of the host app, as distinguished from those of browsers. */
  readonly isHostRequest: (request: IncomingMessage) => boolean;
  /** Requests that only an unknown outcome causes. */
  readonly isLookUp: (request: IncomingMessage) => boolean;
}

const FAULTS: readonly EmulatorFault[] = [
  { kind: 'status', status: 503 },
  { kind: 'reset', when: 'before-effect' },
  { kind: 'reset', when: 'after-effect' },
  { kind: 'truncated' },
  { kind: 'html' },
];

/** A page of another origin than the one that a browser asked is an error there, since it has no CORS headers. */
const FAULTS_OF_BROWSERS = FAULTS.filter(({ kind }) => kind !== 'html');

/** Counts the requests of an emulator, and lets a share of them fail, each in one of the ways in turn. */
export function letFail(
  emulator: { failNext(fault: EmulatorFault, aim: FaultAim): void },
  { faultShare, random, isHostRequest, isLookUp }: FaultSettings,
): { readonly requests: ProviderRequests; heal(): void } {
  const requests: ProviderRequests = { total: 0, lookUps: 0 };
  let share = faultShare;
  let drawn: { readonly request: IncomingMessage; readonly fault: EmulatorFault | undefined } | undefined;
  const draw = (request: IncomingMessage) => {
    if (drawn?.request === request) return drawn.fault;
    const isHost = isHostRequest(request);
    if (isHost) requests.total += 1;
    if (isLookUp(request)) requests.lookUps += 1;
    const faults = isHost ? FAULTS : FAULTS_OF_BROWSERS;
    const fault = random() < share ? faults[Math.floor(random() * faults.length)] : undefined;
    drawn = { request, fault };
    return fault;
  };
  // The script asks fault by fault whether it meets this request: all of them look at one draw.
  for (const fault of FAULTS) {
    emulator.failNext(fault, { times: Number.POSITIVE_INFINITY, matches: (request) => draw(request) === fault });
  }
  return {
    requests,
    heal: () => {
      share = 0;
    },
  };
}
