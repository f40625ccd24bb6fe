import type { ProbeResult, RangeReader } from '@videostorage/media';

/** Returns what the bytes of the model determine: their first letters the outcome, their digit the play time. */
export async function probe(reader: RangeReader): Promise<ProbeResult> {
  const cost = { bytesRead: reader.sizeBytes, reads: 1 };
  const content = new TextDecoder().decode(await reader.read(0, reader.sizeBytes, new AbortController().signal));
  if (content.startsWith('poor')) {
    return { ...cost, outcome: 'not-a-video', failure: { code: 'NOT_A_VIDEO', message: 'The file is not a video.' } };
  }
  if (content.startsWith('vague')) {
    return { ...cost, outcome: 'undetermined', reason: 'unreadable', message: 'The file is not readable.' };
  }
  const size = { widthPixels: 320, heightPixels: 180, rotationDegrees: 0 } as const;
  const durationSeconds = Number(content.at(-1));
  return { ...cost, ...size, outcome: 'video', container: 'mp4', mimeType: 'video/mp4', durationSeconds };
}
