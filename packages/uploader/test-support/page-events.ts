import { vi } from 'vitest';

/** What the page hears of its network. */
export interface PageEvents {
  /** The types of events that something listens to, sorted. */
  listening(): readonly string[];
  /** The browser goes offline or online, and says so. */
  set(onLine: boolean): void;
}

/** The events of a page that hears them; of uploaders that are created after it. */
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
