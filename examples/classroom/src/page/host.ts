import type { ErrorBody, Playback, SignedPart, UploadState, UploadTicket, VideoMetadata } from '@videostorage/core';

/** What the classroom says of itself and of who asks. */
export interface Session {
  readonly assignment: { readonly contextId: string; readonly title: string };
  readonly maxSizeBytes: number;
  /** A sentence: where the videos are. */
  readonly storedAt: string;
  readonly person?: { readonly userId: string; readonly role: 'student' | 'teacher' };
}

/** The classroom refused; the message is for people. */
export class HostRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** No answer came: the same request may be tried again. */
export class HostUnreachable extends Error {}

/** The classroom's routes, as the page calls them. */
export const host = {
  session: (): Promise<Session> => call('GET', '/api/session'),
  signIn: (name: string, role: string): Promise<Session> => call('POST', '/api/session', { name, role }),
  signOut: (): Promise<Session> => call('DELETE', '/api/session'),
  getUploadUrl: (body: object): Promise<UploadTicket> => call('POST', '/api/video/uploads', body),
  getUpload: (reference: string): Promise<UploadState> =>
    call('GET', `/api/video/uploads/${encodeURIComponent(reference)}`),
  signParts: (reference: string, partNumbers: readonly number[]): Promise<{ readonly parts: readonly SignedPart[] }> =>
    call('POST', `/api/video/uploads/${encodeURIComponent(reference)}/parts`, { partNumbers }),
  confirmUpload: (reference: string): Promise<VideoMetadata> =>
    call('POST', `/api/video/uploads/${encodeURIComponent(reference)}/confirm`),
  abortUpload: (reference: string): Promise<void> =>
    call('DELETE', `/api/video/uploads/${encodeURIComponent(reference)}`),
  listVideos: (): Promise<{ readonly videos: readonly VideoMetadata[] }> => call('GET', '/api/video/videos'),
  getVideo: (videoId: string): Promise<VideoMetadata> =>
    call('GET', `/api/video/videos/${encodeURIComponent(videoId)}`),
  getPlaybackUrl: (videoId: string): Promise<Playback> =>
    call('POST', `/api/video/videos/${encodeURIComponent(videoId)}/playback`, {}),
  deleteVideo: (videoId: string): Promise<void> => call('DELETE', `/api/video/videos/${encodeURIComponent(videoId)}`),
};

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const sent = body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { method, ...sent });
    text = await response.text();
  } catch (cause) {
    throw new HostUnreachable('The classroom does not answer; is it still running?', { cause });
  }
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  const { code, message, problems } = (JSON.parse(text) as ErrorBody).error;
  const sentences = problems?.map((problem) => problem.message).join(' ');
  throw new HostRefusal(code, sentences || message);
}
