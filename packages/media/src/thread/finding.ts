import type { ProbeCost, ProbedNotVideo, ProbedUndetermined, ProbedVideo } from '../probe-result.ts';

type WithoutCost<T> = Omit<T, keyof ProbeCost>;

/** What the thread found; the main thread adds what it cost. */
export type Finding =
  | WithoutCost<Omit<ProbedVideo, 'mimeType'>>
  | WithoutCost<ProbedNotVideo>
  | WithoutCost<Omit<ProbedUndetermined, 'message'>>;

/** The answer for a file that is proven to be something else. */
export function notVideo(message: string): Finding {
  return { outcome: 'not-a-video', failure: { code: 'NOT_A_VIDEO', message } };
}

/** The answer for a video that lacks the part that describes it. */
export function malformed(message: string): Finding {
  return { outcome: 'not-a-video', failure: { code: 'MALFORMED', message } };
}
