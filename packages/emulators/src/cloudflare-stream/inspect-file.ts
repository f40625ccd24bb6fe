import { FilePathSource, Input, UnsupportedInputFormatError } from 'mediabunny';
import { CONTAINER_FORMATS } from './container-formats.ts';
import type { Finding } from './video.ts';

/** The service refuses shorter videos. */
const MIN_DURATION_SECONDS = 0.1;

/** Reads a file as the encoder would: what it is, or why it cannot be played. */
export async function inspectFile(path: string, maxDurationSeconds: number | null): Promise<Finding> {
  const input = new Input({ formats: CONTAINER_FORMATS, source: new FilePathSource(path) });
  try {
    if (!(await input.canRead())) return failed('ERR_NON_VIDEO', 'The file was not recognized as a valid video file.');
    return await inspectTracks(input, maxDurationSeconds);
  } catch (error) {
    // An error of the parser in a known container means that the file is damaged, unless the disk failed.
    if (error instanceof Error && 'syscall' in error) throw error;
    if (error instanceof UnsupportedInputFormatError)
      return failed('ERR_NON_VIDEO', 'The file was not recognized as a valid video file.');
    return failed('ERR_MALFORMED_VIDEO', 'The video was deemed to be corrupted or malformed.');
  } finally {
    input.dispose();
  }
}

async function inspectTracks(input: Input, maxDurationSeconds: number | null): Promise<Finding> {
  const tracks = await input.getTracks();
  if (tracks.length === 0) return failed('ERR_MALFORMED_VIDEO', 'The video was deemed to be corrupted or malformed.');
  const track = await input.getPrimaryVideoTrack();
  if (track === null) return failed('ERR_NON_VIDEO', 'The file holds no video track.');
  const durationSeconds = Math.round((await input.computeDuration()) * 1000) / 1000;
  if (durationSeconds < MIN_DURATION_SECONDS)
    return failed('ERR_DURATION_TOO_SHORT', 'The video is shorter than 0.1 seconds.');
  if (maxDurationSeconds !== null && durationSeconds > maxDurationSeconds) {
    return failed(
      'ERR_DURATION_EXCEED_CONSTRAINT',
      `The video duration of ${durationSeconds} seconds exceeds the constraint of ${maxDurationSeconds} seconds.`,
    );
  }
  const widthPixels = Math.round(await track.getDisplayWidth());
  const heightPixels = Math.round(await track.getDisplayHeight());
  const hasAudio = (await input.getPrimaryAudioTrack()) !== null;
  return { kind: 'video', durationSeconds, widthPixels, heightPixels, hasAudio };
}

function failed(code: string, text: string): Finding {
  return { kind: 'error', error: { code, text } };
}
