/** A browser with one page, with the features that both Firefox and WebKit support. */
export interface ScriptedBrowser {
  /** Name for the reports of tests. */
  readonly name: string;
  /** Loads a page, and resolves when it has loaded. */
  open(url: string): Promise<void>;
  /** Runs the body of a function in the page, and resolves with what it returns, or what its promise resolves to, as JSON. */
  run(body: string): Promise<unknown>;
  /** Chooses a file in an input; the expression evaluates to the input, which may be in a shadow tree. */
  chooseFile(inputExpression: string, path: string): Promise<void>;
  /** Disconnects the page from the network, or reconnects it. Undefined when the browser's driver does not support it. */
  readonly setOffline?: (isOffline: boolean) => Promise<void>;
  /** Closes the browser and everything that was started for it. */
  close(): Promise<void>;
}
