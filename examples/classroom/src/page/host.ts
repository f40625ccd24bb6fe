import type { CostEstimate, ErrorBody, Usage, VideoMetadata } from '@videostorage/core';

/** Who sits in front of the browser. */
interface Person {
  readonly userId: string;
  readonly role: string;
}

/** What the classroom says of itself and of who asks. */
export interface Session {
  readonly maxSizeBytes: number;
  /** A sentence: where the videos are. */
  readonly storedAt: string;
  /** Of Cloudflare's player, where it is not at its usual place. */
  readonly embedScriptUrl?: string;
  readonly person: Person | undefined;
}

/** What students are asked for. */
export interface Assignment {
  readonly id: string;
  readonly title: string;
  readonly dueAt: string;
}

/** One line of history, as far as the page shows it. */
export interface HistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly outcome: 'ok' | 'denied' | 'failed';
  readonly userId: string | null;
  readonly recordId: string | null;
}

/** What is stored, and what it costs. */
export interface Cost {
  readonly usage: Usage;
  readonly estimates: readonly CostEstimate[];
  readonly users: readonly {
    readonly userId: string;
    readonly videos: number;
    readonly bytes: number;
    readonly seconds: number;
  }[];
}

/** The classroom refused, or did not answer; the message is for people. */
class HostError extends Error {}

interface SessionAnswer extends Omit<Session, 'person'> {
  readonly actor?: { readonly userId: string; readonly roles: readonly string[] };
}

/** The classroom's routes, as the page calls them. Uploads and playback are called by their elements. */
export const host = {
  async session(): Promise<Session> {
    const { actor, ...facts } = await call<SessionAnswer>('GET', '/api/session');
    return { ...facts, person: actor && { userId: actor.userId, role: actor.roles[0] ?? '' } };
  },
  signIn: (name: string, role: string): Promise<void> => call('POST', '/api/session', { name, role }),
  signOut: (): Promise<void> => call('DELETE', '/api/session', {}),
  async assignments(): Promise<readonly Assignment[]> {
    return (await call<{ readonly assignments: readonly Assignment[] }>('GET', '/api/assignments')).assignments;
  },
  putAssignment: ({ id, title, dueAt }: Assignment): Promise<void> =>
    call('PUT', `/api/assignments/${id}`, { title, dueAt }),
  async videos(contextId?: string): Promise<readonly VideoMetadata[]> {
    const query = contextId === undefined ? '' : `?contextId=${encodeURIComponent(contextId)}`;
    return (await call<{ readonly videos: readonly VideoMetadata[] }>('GET', `/api/video/videos${query}`)).videos;
  },
  video: (videoId: string): Promise<VideoMetadata> => call('GET', `/api/video/videos/${encodeURIComponent(videoId)}`),
  deleteVideo: (videoId: string): Promise<void> => call('DELETE', `/api/video/videos/${encodeURIComponent(videoId)}`),
  putPoster: (videoId: string, jpeg: Blob): Promise<void> =>
    call('PUT', `/api/posters/${encodeURIComponent(videoId)}`, jpeg),
  async viewers(videoId: string): Promise<readonly HistoryEntry[]> {
    return (
      await call<{ readonly entries: readonly HistoryEntry[] }>(
        'GET',
        `/api/history?viewers&videoId=${encodeURIComponent(videoId)}`,
      )
    ).entries;
  },
  history: (
    query: Readonly<Record<string, string>>,
  ): Promise<{ readonly entries: readonly HistoryEntry[]; readonly cursor?: string }> =>
    call('GET', `/api/history?${new URLSearchParams(query)}`),
  cost: (): Promise<Cost> => call('GET', '/api/cost'),
};

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const isFile = body instanceof Blob;
  const sent = body !== undefined && {
    headers: { 'Content-Type': isFile ? body.type : 'application/json' },
    body: isFile ? body : JSON.stringify(body),
  };
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { method, ...sent });
    text = await response.text();
  } catch (cause) {
    throw new HostError('The classroom does not answer. Is it still running?', { cause });
  }
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  throw new HostError(messageOf(text));
}

/** Everything that is wrong, in sentences; an answer that is not the classroom's gets a general one. */
function messageOf(text: string): string {
  try {
    const { message, problems } = (JSON.parse(text) as ErrorBody).error;
    return problems?.map((problem) => problem.message).join(' ') || message;
  } catch {
    return 'That did not work; please try again.';
  }
}
