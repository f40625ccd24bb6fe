import {
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';

/** The picture of a small MP4 file, without its sound, repeated so many times that it is longer than one segment. */
export async function loopedVideo(mp4: Uint8Array<ArrayBuffer>, times: number): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ formats: [MP4], source: new BufferSource(mp4) });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  const codec = await track?.getCodec();
  if (!track || !config || !codec) throw new TypeError('The file has no video track that can be read.');
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source);
  await output.start();
  const durationSeconds = await track.computeDuration();
  for (let round = 0; round < times; round += 1) {
    for await (const packet of new EncodedPacketSink(track).packets())
      await source.add(packet.clone({ timestamp: packet.timestamp + round * durationSeconds }), {
        decoderConfig: config,
      });
  }
  await output.finalize();
  input.dispose();
  const { buffer } = output.target;
  if (buffer === null) throw new TypeError('Nothing was written.');
  return new Uint8Array(buffer);
}
