/** A door through which our code gets into a browser. */
export interface BrowserEntry {
  /** The file, relative to the root. */
  readonly file: string;
  /** Where it runs. */
  readonly runsIn: 'browser' | 'worker';
}

/** Every entry that a browser or an edge worker may load. A package for browsers adds its own here. */
export const browserEntries: readonly BrowserEntry[] = [
  { file: 'packages/core/src/index.ts', runsIn: 'browser' },
  { file: 'packages/core/src/index.ts', runsIn: 'worker' },
];
