/**
 * Calls each listener with the value, without those that another one unsubscribes meanwhile. When one throws, this is
 * reported to the page as an uncaught error, and no upload, not the queue and no other listener stops.
 */
export function notify<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) {
    try {
      if (listeners.has(listener)) listener(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
