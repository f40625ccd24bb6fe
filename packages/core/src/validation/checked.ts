import type { Problem } from '../contract/problem.ts';

/** Result of a validation. */
export interface Checked<T> {
  /** In canonical form; valid only when there are no problems. */
  readonly value: T;
  /** All problems of the value. */
  readonly problems: readonly Problem[];
}
