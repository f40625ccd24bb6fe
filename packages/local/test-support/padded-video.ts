import { fixtures } from '@videostorage/testing';

/** A real MP4 of about this many bytes: what it shows is small, and a box that players skip makes it long. */
export async function paddedVideo(sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const video = await fixtures.moovFirst.read();
  const padded = new Uint8Array(sizeBytes);
  padded.set(video);
  // Something that differs everywhere, so that a byte in the wrong place shows.
  for (let index = video.length + 8; index < sizeBytes; index += 1) padded[index] = (index * 7 + (index >> 9)) & 0xff;
  const view = new DataView(padded.buffer);
  view.setUint32(video.length, sizeBytes - video.length);
  padded.set(new TextEncoder().encode('free'), video.length + 4);
  return padded;
}
