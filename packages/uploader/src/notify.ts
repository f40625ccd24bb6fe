/**
 * Calls each listener with the value, without those that another one unsubscribes meanwhile. One that throws is the page's own
 * fault: it is reported there, as an uncaught error, and neither an upload, nor the queue, nor another listener stops.
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
