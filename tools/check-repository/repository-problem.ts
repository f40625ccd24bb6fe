/** One problem of the tree. */
export interface RepositoryProblem {
  /** A file or folder, relative to the root; `file:line` when there is a line. */
  readonly where: string;
  /** What is wrong, and how to fix it. */
  readonly message: string;
}
