import { BackendError, type BackendErrorCode, type BackendErrorDetails } from '../src/errors/backend-errors.ts';
import { RetryHandler, type RetryHandlerOptions } from '../src/retry/retry-handler.ts';
import { ManualClock } from './manual-clock.ts';

/** A call that may always be repeated. */
export const reading = { name: 'videoExists', class: 'always' } as const;
/** A backend that failed. */
export const failure = (
  code: BackendErrorCode = 'BACKEND_UNAVAILABLE',
  details: BackendErrorDetails = {},
): BackendError => new BackendError(code, 'It failed.', details);

/** A handler on a clock that jumps over every wait; jitter is pinned to its largest unless an option says otherwise. */
export function setUp(options: RetryHandlerOptions = {}): {
  readonly handler: RetryHandler;
  readonly clock: ManualClock;
} {
  const clock = new ManualClock({ autoAdvance: true });
  const handler = new RetryHandler({ clock, random: () => 1, ...options });
  return { clock, handler };
}

/** Fails once for each of the failures, then succeeds; counts its calls. */
export function attempts(...failures: readonly unknown[]): {
  readonly state: { readonly calls: number; readonly signals: readonly AbortSignal[] };
  readonly attempt: (signal: AbortSignal) => Promise<string>;
} {
  const state = { calls: 0, signals: [] as AbortSignal[] };
  const attempt = async (signal: AbortSignal) => {
    state.signals.push(signal);
    const thrown = failures[state.calls++];
    if (thrown !== undefined) throw thrown;
    return 'done';
  };
  return { state, attempt };
}
