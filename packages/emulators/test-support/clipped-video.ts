import { BufferSource, BufferTarget, Conversion, Input, MP4, Mp4OutputFormat, Output } from 'mediabunny';

/** The beginning of an MP4 file, without its sound. */
export async function clippedVideo(mp4: Uint8Array<ArrayBuffer>, seconds: number): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ formats: [MP4], source: new BufferSource(mp4) });
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const conversion = await Conversion.init({
    input,
    output,
    trim: { start: 0, end: seconds },
    audio: { discard: true },
  });
  await conversion.execute();
  input.dispose();
  const { buffer } = output.target;
  if (buffer === null) throw new TypeError('Nothing was written.');
  return new Uint8Array(buffer);
}
