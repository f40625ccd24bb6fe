import type { CostEstimate, ErrorBody, Usage, VideoMetadata } from '@videostorage/core';

/** The user of the browser. */
interface Person {
  readonly userId: string;
  readonly role: string;
}

/** Facts about the classroom and the signed-in user. */
export interface Session {
  readonly maxSizeBytes: number;
  /** A sentence that says where the videos are stored. */
  readonly storedAt: string;
  /** URL of the script of Cloudflare's player, when it is not the usual one. */
  readonly embedScriptUrl?: string;
  readonly person: Person | undefined;
}

/** An assignment for students. */
export interface Assignment {
  readonly id: string;
  readonly title: string;
  readonly dueAt: string;
}

/** A history entry, with the members that the page shows. */
export interface HistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly outcome: 'ok' | 'denied' | 'failed';
  readonly userId: string | null;
  readonly recordId: string | null;
}

/** A part of the history, newest first. */
interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** Cursor of the next page. */
  readonly cursor?: string;
}

type Query = Readonly<Record<string, string | undefined>>;

/** Usage and its cost. */
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
    const pages = await allPages<{ readonly videos: readonly VideoMetadata[] }>('/api/video/videos', { contextId });
    return pages.flatMap(({ videos }) => videos);
  },
  video: (videoId: string): Promise<VideoMetadata> => call('GET', `/api/video/videos/${encodeURIComponent(videoId)}`),
  deleteVideo: (videoId: string): Promise<void> => call('DELETE', `/api/video/videos/${encodeURIComponent(videoId)}`),
  putPoster: (videoId: string, jpeg: Blob): Promise<void> =>
    call('PUT', `/api/posters/${encodeURIComponent(videoId)}`, jpeg),
  async viewers(videoId: string): Promise<readonly HistoryEntry[]> {
    const pages = await allPages<HistoryPage>('/api/history', { viewers: '', videoId });
    return pages.flatMap(({ entries }) => entries);
  },
  async historyOf(videoId: string): Promise<readonly HistoryEntry[]> {
    return (await allPages<HistoryPage>('/api/history', { videoId })).flatMap(({ entries }) => entries);
  },
  history: (cursor?: string): Promise<HistoryPage> => call('GET', withQuery('/api/history', { cursor })),
  async cost(): Promise<Cost> {
    const pages = await allPages<Cost>('/api/cost', {});
    const [{ usage, estimates }] = pages;
    return { usage, estimates, users: pages.flatMap(({ users }) => users) };
  },
};

/** Reads all pages of a list. Even after an empty page there may be others. */
async function allPages<Page>(path: string, query: Query): Promise<readonly [Page, ...Page[]]> {
  type Answer = Page & { readonly cursor?: string };
  let last = await call<Answer>('GET', withQuery(path, query));
  const pages: [Page, ...Page[]] = [last];
  while (last.cursor !== undefined) {
    last = await call<Answer>('GET', withQuery(path, { ...query, cursor: last.cursor }));
    pages.push(last);
  }
  return pages;
}

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

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

/** The messages of all problems; for an answer that is not from the classroom, a general message. */
function messageOf(text: string): string {
  try {
    const { message, problems } = (JSON.parse(text) as ErrorBody).error;
    return problems?.map((problem) => problem.message).join(' ') || message;
  } catch {
    return 'That did not work; please try again.';
  }
}
