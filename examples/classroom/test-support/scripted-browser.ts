/** A browser with one page, as far as Firefox and WebKit can be driven alike. */
export interface ScriptedBrowser {
  /** For the reports of tests. */
  readonly name: string;
  /** Loads a page, and resolves when it has loaded. */
  open(url: string): Promise<void>;
  /** Runs the body of a function in the page, and resolves with what it returns, or what its promise resolves to, as JSON. */
  run(body: string): Promise<unknown>;
  /** Chooses a file in an input; the expression gives the input, also one in a shadow tree. */
  chooseFile(inputExpression: string, path: string): Promise<void>;
  /** Takes the network from the page, or gives it back. Undefined where the browser's driver cannot. */
  readonly setOffline?: (isOffline: boolean) => Promise<void>;
  /** Ends the browser and all that was started for it. */
  close(): Promise<void>;
}
