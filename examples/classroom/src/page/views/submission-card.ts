import type { VideoMetadata } from '@videostorage/core';
import { element } from '../element.ts';
import { describeFile, describeState, nameOf, readableTime, submittedAt } from '../sentences.ts';

/** One submission: picture, length, student and status, as a link to the video. A failed one has no picture. */
export function submissionCard(video: VideoMetadata): HTMLElement {
  const { videoId, durationSeconds, userId, status } = video;
  const state = describeState(video);
  const picture =
    status === 'failed'
      ? undefined
      : element('img', { attributes: { src: posterUrl(video), alt: '', loading: 'lazy' } });
  const length = durationSeconds === undefined ? undefined : element('span', 'length', readableTime(durationSeconds));
  const link = element(
    'a',
    { class: 'submission', id: `video-${videoId}`, testId: 'video', attributes: { href: `#/videos/${videoId}` } },
    element('span', 'poster', picture, length),
    element('strong', 'title', nameOf(userId)),
    element('span', 'meta', describeFile(video)),
    element('span', 'meta', submittedAt(video)),
    state === undefined ? undefined : element('span', status === 'failed' ? 'meta failed' : 'meta busy', state),
  );
  return element('li', {}, link);
}

/** The picture of a video. It is requested again when the video has changed, since it may arrive later than the video. */
function posterUrl({ videoId, status }: VideoMetadata): string {
  return `/api/posters/${videoId}?${status}`;
}
