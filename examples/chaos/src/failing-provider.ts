import type { IncomingMessage } from 'node:http';
import type { VideoStorage } from '@videostorage/core';
import type { EmulatorFault, FaultAim } from '@videostorage/emulators';
import type { ShiftedClock } from './shifted-clock.ts';

/** An emulated provider that sometimes fails, and the storage over it. */
export interface FailingProvider {
  /** What the host app injects. */
  readonly storage: VideoStorage;
  /** Shared by storage and provider. */
  readonly clock: ShiftedClock;
  /** Requests of the host app so far; those of browsers are not counted. */
  readonly requests: ProviderRequests;
  /** Completes what the provider does in the background. */
  finishProcessing(): Promise<void>;
  /** From now on nothing fails. */
  heal(): void;
  /**
   * Counts what it holds in addition to these videos: other videos, bytes that were never confirmed, uploads that were never
   * completed.
   */
  countBeside(videoIds: ReadonlySet<string>): Promise<number>;
  /** Stops it. */
  stop(): Promise<void>;
}

/** Counts requests of the host app. */
export interface ProviderRequests {
  /** All of them. */
  total: number;
  /** Look-ups of uploads whose creation had an unknown outcome; without faults there are none. */
  lookUps: number;
}

/** Which requests to an emulator fail, and how often. */
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

/** For a browser an error page of another origin is a network error, since it has no CORS headers. */
const FAULTS_OF_BROWSERS = FAULTS.filter(({ kind }) => kind !== 'html');

/** Counts the requests to an emulator, and makes a share of them fail, with each kind of fault in turn. */
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
  // The fault script checks each kind of fault for a request: all checks must use the same random number.
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
