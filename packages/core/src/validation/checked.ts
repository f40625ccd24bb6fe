import type { Problem } from '../contract/problem.ts';

/** A value that was looked at. */
export interface Checked<T> {
  /** In canonical form; to be used only when there are no problems. */
  readonly value: T;
  /** Everything that is wrong with it; empty when all is well. */
  readonly problems: readonly Problem[];
}
