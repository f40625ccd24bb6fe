import { CustomSource, Input, type InputFormat, type InputTrack, MATROSKA, MP4, MPEG_TS, QTFF, WEBM } from 'mediabunny';
import { type BlockReader, ReadLimitError } from './block-reader.ts';
import { CONTAINER_TYPES, type Container } from './container.ts';
import { Leash } from './leash.ts';
import { NotVideoError } from './not-video-error.ts';
import type { ReadCost, VideoFile } from './video-file-facts.ts';

/** The parser's formats, in the order in which they are tried. */
const FORMATS: ReadonlyMap<InputFormat, Container> = new Map<InputFormat, Container>([
  [MP4, 'mp4'],
  [QTFF, 'quicktime'],
  [MATROSKA, 'matroska'],
  [WEBM, 'webm'],
  [MPEG_TS, 'mpeg-ts'],
]);
/** Far beyond any codec's largest picture. */
const MAX_PIXELS = 65_536;
/** Letters that codec names are made of: RFC 6381, section 3.2, and the WebCodecs codec registry. */
const CODEC_PATTERN = /^[\w.+-]{1,64}$/;

/** The facts without what it took to learn them. */
export type VideoDescription = Omit<VideoFile, keyof ReadCost>;

/** mediabunny over a `BlockReader`: what the reader met is told from what the parser made of it. */
export class Parser {
  readonly #input: Input;
  #readerError: unknown;

  /** Reads nothing yet. */
  constructor(reader: BlockReader) {
    const keep = (error: unknown) => {
      this.#readerError ??= error;
    };
    const leash = new Leash();
    const read = async (start: number, end: number) => {
      try {
        await leash.pull(start, end);
        return await reader.read(start, end);
      } catch (error) {
        keep(error);
        throw error;
      }
    };
    const source = new CustomSource({
      getSize: () => reader.sizeBytes,
      read,
      // The blocks are cached already. With a cache of its own the parser would go on without asking, out of reach.
      maxCacheSize: 0,
      handleUnhandledError: keep,
    });
    this.#input = new Input({ formats: [...FORMATS.keys()], source });
  }

  /** What the file says. @throws {NotVideoError} or what the reader threw */
  async describe(): Promise<VideoDescription> {
    try {
      return await this.#describe();
    } catch (error) {
      if (this.#readerError !== undefined) throw this.#readerError;
      throw error instanceof NotVideoError ? error : new NotVideoError('malformed');
    }
  }

  /** Frees what the parser holds. */
  dispose(): void {
    this.#input.dispose();
  }

  async #describe(): Promise<VideoDescription> {
    const input = this.#input;
    if (!(await input.canRead())) throw new NotVideoError('unknown-container');
    const container = FORMATS.get(await input.getFormat());
    if (container === undefined) throw new NotVideoError('unknown-container');
    const mimeType = CONTAINER_TYPES[container];
    const video = await input.getPrimaryVideoTrack();
    if (video === null) throw new NotVideoError('no-video-track');
    const widthPixels = Math.round(await video.getDisplayWidth());
    const heightPixels = Math.round(await video.getDisplayHeight());
    if (!isPixelCount(widthPixels) || !isPixelCount(heightPixels)) throw new NotVideoError('malformed');
    const rotationDegrees = await video.getRotation();
    const videoCodec = await this.#codecOf(video);
    const audio = await this.#ifKnown(() => input.getPrimaryAudioTrack());
    const audioCodec = audio && (await this.#codecOf(audio));
    const durationSeconds = await this.#durationOf(container === 'mpeg-ts');
    if (durationSeconds === 0) throw new NotVideoError('no-video-track');
    return {
      ...{ isVideo: true, container, mimeType, widthPixels, heightPixels, rotationDegrees },
      ...(durationSeconds !== undefined && { durationSeconds }),
      ...(videoCodec !== undefined && { videoCodec }),
      ...(audioCodec !== undefined && { audioCodec }),
    };
  }

  async #codecOf(track: InputTrack): Promise<string | undefined> {
    const name = await this.#ifKnown(() => track.getCodecParameterString());
    return name !== undefined && CODEC_PATTERN.test(name) ? name : undefined;
  }

  /** The longer of what the header claims and what the frames add up to: a header alone may claim anything. */
  async #durationOf(startsAnywhere: boolean): Promise<number | undefined> {
    const claimed = await this.#ifKnown(() => this.#input.getDurationFromMetadata());
    const end = await this.#ifKnown(() => this.#input.computeDuration());
    // The clock of a transport stream starts at any value.
    const start = startsAnywhere ? await this.#ifKnown(() => this.#input.getFirstTimestamp()) : 0;
    const counted = end !== undefined && start !== undefined ? end - start : undefined;
    const known = [claimed, counted].filter((seconds) => seconds !== undefined && Number.isFinite(seconds));
    return known.length === 0 ? undefined : Math.max(0, ...known.map(Number));
  }

  /** A fact that may be missing: neither a contradiction in the file nor the end of the budget spoils the others. */
  async #ifKnown<T>(ask: () => Promise<T | null>): Promise<T | undefined> {
    if (this.#readerError instanceof ReadLimitError) return undefined;
    try {
      return (await ask()) ?? undefined;
    } catch (error) {
      if (this.#readerError !== undefined && !(this.#readerError instanceof ReadLimitError)) throw error;
      return undefined;
    }
  }
}

function isPixelCount(value: number): boolean {
  return value >= 1 && value <= MAX_PIXELS;
}
