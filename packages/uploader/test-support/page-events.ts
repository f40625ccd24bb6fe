import { vi } from 'vitest';

/** The network events of a page. */
export interface PageEvents {
  /** The types of events that something listens to, sorted. */
  listening(): readonly string[];
  /** Sets the browser offline or online, and dispatches the event. */
  set(onLine: boolean): void;
}

/** Creates the events of a page, for uploaders that are created afterwards. */
export function pageEvents(isOnline = true): PageEvents {
  const events = new EventTarget();
  const listening = new Set<string>();
  vi.stubGlobal('navigator', { onLine: isOnline });
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
    listening.add(type);
    events.addEventListener(type, listener);
  });
  vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => {
    listening.delete(type);
    events.removeEventListener(type, listener);
  });
  return {
    listening: () => [...listening].toSorted(),
    set(onLine) {
      vi.stubGlobal('navigator', { onLine });
      events.dispatchEvent(new Event(onLine ? 'online' : 'offline'));
    },
  };
}
