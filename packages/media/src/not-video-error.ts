import type { NotVideoReason } from './video-file-facts.ts';

/** Thrown inside this package when the answer is "not a video". */
export class NotVideoError extends Error {
  /** Literal, since minifiers change class names. */
  override readonly name = 'NotVideoError' as const;
  /** To decide upon. */
  readonly reason: NotVideoReason;

  constructor(reason: NotVideoReason) {
    super(reason);
    this.reason = reason;
  }
}
