import { createHash } from 'node:crypto';
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ffmpeg } from './ffmpeg.ts';
import { remuxAudio, remuxMp4, remuxStreams } from './remux.ts';
import type { EmulatedVideo } from './video.ts';

const SEGMENT_SECONDS = 4;

interface Rendition {
  readonly uid: string;
  readonly isPicture: boolean;
  readonly path: Promise<string>;
}

/**
 * The files that viewers get of a video. Created on the first request, by ffmpeg when it is installed, else without
 * re-encoding.
 */
export class Renditions {
  readonly #folder: string;
  readonly #useFfmpeg: boolean;
  readonly #maxPictures: number;
  readonly #ffmpeg = new Ffmpeg();
  readonly #made = new Map<string, Rendition>();

  /** The folder must exist. At most `maxPictures` pictures (default 100) are kept; older ones are created again on request. */
  constructor(folder: string, options: { readonly useFfmpeg: boolean; readonly maxPictures?: number }) {
    this.#folder = folder;
    this.#useFfmpeg = options.useFfmpeg;
    this.#maxPictures = options.maxPictures ?? 100;
  }

  /** Folder with `video.m3u8`, `video.mpd` and the files that they name. */
  streams(video: EmulatedVideo): Promise<string> {
    return this.#once(video, 'streams', async (folder, source) => {
      const isMade = this.#useFfmpeg && (await this.#ffmpeg.run(segmentArguments(source), folder));
      if (!isMade) await remuxStreams(source, folder);
      return folder;
    });
  }

  /** Path of the whole video as MP4, or of its sound. */
  download(video: EmulatedVideo, kind: 'default' | 'audio'): Promise<string> {
    return this.#once(video, kind, async (folder, source) => {
      const path = join(folder, kind === 'default' ? 'default.mp4' : 'audio.m4a');
      await (kind === 'default' ? remuxMp4(source, path) : remuxAudio(source, path));
      return path;
    });
  }

  /** Path of a picture made by ffmpeg; undefined where there is no ffmpeg. */
  async picture(
    video: EmulatedVideo,
    name: 'picture.jpg' | 'picture.gif',
    args: readonly string[],
  ): Promise<string | undefined> {
    if (!this.#useFfmpeg) return undefined;
    const key = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 16);
    const path = await this.#once(video, `${key}-${name}`, async (folder, source) => {
      const [before = '', ...after] = args;
      const isMade = await this.#ffmpeg.run(['-ss', before, '-i', source, ...after, name], folder);
      return isMade ? join(folder, name) : '';
    });
    await this.#removeOldPictures();
    return path === '' ? undefined : path;
  }

  /** Removes the files that were created for a video. */
  async remove(uid: string): Promise<void> {
    const names = [...this.#made].filter(([, made]) => made.uid === uid).map(([name]) => name);
    for (const name of names) await this.#remove(name);
  }

  /** Ends the work in progress, and resolves when nothing writes any more. */
  async stop(): Promise<void> {
    await this.#ffmpeg.stop();
    await Promise.allSettled([...this.#made.values()].map(({ path }) => path));
  }

  #once(
    video: EmulatedVideo,
    kind: string,
    make: (folder: string, source: string) => Promise<string>,
  ): Promise<string> {
    const name = `${video.uid}-${kind}`;
    const known = this.#made.get(name);
    if (known !== undefined) return known.path;
    const path = this.#make(name, make, video.arrived?.path ?? '');
    const rendition = { uid: video.uid, isPicture: kind.includes('picture'), path };
    this.#made.set(name, rendition);
    // A failed rendition is created again on the next request.
    path.catch(() => this.#made.get(name) === rendition && this.#made.delete(name));
    return path;
  }

  async #make(
    name: string,
    make: (folder: string, source: string) => Promise<string>,
    source: string,
  ): Promise<string> {
    await access(source);
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    return make(folder, source);
  }

  async #removeOldPictures(): Promise<void> {
    const pictures = [...this.#made].filter(([, { isPicture }]) => isPicture).map(([name]) => name);
    for (const name of pictures.slice(0, Math.max(0, pictures.length - this.#maxPictures))) await this.#remove(name);
  }

  async #remove(name: string): Promise<void> {
    const made = this.#made.get(name);
    this.#made.delete(name);
    await Promise.allSettled([made?.path]);
    await rm(join(this.#folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function segmentArguments(source: string): readonly string[] {
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const evenSides = ['-vf', 'scale=trunc(iw/2)*2:trunc(ih/2)*2'];
  const keyFrames = ['-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`];
  const dash = ['-f', 'dash', '-seg_duration', String(SEGMENT_SECONDS)];
  const hls = ['-hls_playlist', '1', '-hls_master_name', 'video.m3u8'];
  const tracks = ['-map', '0:v:0', '-map', '0:a:0?'];
  return ['-i', source, ...tracks, ...video, ...evenSides, ...keyFrames, '-c:a', 'aac', ...dash, ...hls, 'video.mpd'];
}
