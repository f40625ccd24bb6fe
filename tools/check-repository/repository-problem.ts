/** One way in which the tree is not as it should be. */
export interface RepositoryProblem {
  /** A file or folder, relative to the root; `file:line` where there is a line. */
  readonly where: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
}
