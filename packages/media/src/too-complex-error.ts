/** Thrown for a file whose tables unfold into more than any real video has. */
export class TooComplexError extends Error {
  /** Literal, since minifiers change class names. */
  override readonly name = 'TooComplexError' as const;
}
