import type { Playback, SignedPart, UploadTicket, VideoMetadata } from '@videostorage/core';

/** What the classroom says of itself and of who asks. */
export interface Session {
  readonly assignment: { readonly contextId: string; readonly title: string };
  readonly maxSizeBytes: number;
  readonly person?: { readonly userId: string; readonly role: 'student' | 'teacher' };
}

/** The classroom refused; the message is for people. */
class HostRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The classroom's routes, as the page calls them. */
export const host = {
  session: (): Promise<Session> => call('GET', '/api/session'),
  signIn: (name: string, role: string): Promise<Session> => call('POST', '/api/session', { name, role }),
  signOut: (): Promise<Session> => call('DELETE', '/api/session'),
  getUploadUrl: (body: object): Promise<UploadTicket> => call('POST', '/api/video/uploads', body),
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
  const response = await fetch(path, { method, ...sent });
  const text = await response.text();
  const answer = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return answer;
  const { code, message, problems } = answer.error;
  const sentences = problems?.map((problem: { readonly message: string }) => problem.message).join(' ');
  throw new HostRefusal(code, sentences || message);
}
