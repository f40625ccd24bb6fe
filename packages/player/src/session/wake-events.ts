/** Events after which timers may be late: a tab becomes visible, a computer wakes, the network is back. */
const OF_WINDOW = ['online', 'pageshow', 'focus'];
const OF_DOCUMENT = ['visibilitychange', 'resume'];

/**
 * Calls the listener whenever the page may have slept, until the returned function is called. Outside a page it does
 * nothing.
 */
export function onWake(listener: () => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {};
  const controller = new AbortController();
  const { signal } = controller;
  const wake = () => {
    if (document.visibilityState !== 'hidden') listener();
  };
  for (const type of OF_WINDOW) window.addEventListener(type, wake, { signal });
  for (const type of OF_DOCUMENT) document.addEventListener(type, wake, { signal });
  return () => controller.abort();
}
