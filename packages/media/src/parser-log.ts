import { Logging, LogLevel } from 'mediabunny';

let activeCount = 0;
let levelBefore: LogLevel | undefined;

/**
 * Keeps the parser from writing names out of strangers' files to the console while it works.
 * The level is the parser's only global setting; it is as it was when nobody reads any more.
 * @returns ends the silence
 */
export function silenceParser(): () => void {
  if (activeCount === 0) {
    levelBefore = Logging.level;
    Logging.level = LogLevel.Silent;
  }
  activeCount += 1;
  return () => {
    activeCount -= 1;
    if (activeCount === 0 && levelBefore !== undefined) Logging.level = levelBefore;
  };
}
