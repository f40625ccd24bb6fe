import { createHash } from 'node:crypto';
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from './ffmpeg.ts';
import { remuxAudio, remuxHls, remuxMp4 } from './remux.ts';
import type { EmulatedVideo } from './video.ts';

const SEGMENT_SECONDS = 4;

/** What viewers get of a video. Made when it is first asked for, by ffmpeg where it is found, else without re-encoding. */
export class Renditions {
  readonly #folder: string;
  readonly #useFfmpeg: boolean;
  readonly #making = new Map<string, Promise<string>>();

  /** The folder must exist. */
  constructor(folder: string, useFfmpeg: boolean) {
    this.#folder = folder;
    this.#useFfmpeg = useFfmpeg;
  }

  /** Folder with `video.m3u8`, what it names, and (with ffmpeg) `video.mpd`. */
  streams(video: EmulatedVideo): Promise<string> {
    return this.#once(
      `${video.uid}-streams`,
      async (folder, source) => {
        const isMade = this.#useFfmpeg && (await runFfmpeg(segmentArguments(source), folder));
        if (!isMade) await remuxHls(source, folder);
        return folder;
      },
      video,
    );
  }

  /** Path of the whole video as MP4, or of its sound. */
  download(video: EmulatedVideo, kind: 'default' | 'audio'): Promise<string> {
    return this.#once(
      `${video.uid}-${kind}`,
      async (folder, source) => {
        const path = join(folder, kind === 'default' ? 'default.mp4' : 'audio.m4a');
        await (kind === 'default' ? remuxMp4(source, path) : remuxAudio(source, path));
        return path;
      },
      video,
    );
  }

  /** Path of a picture made by ffmpeg; undefined where there is no ffmpeg. */
  async picture(
    video: EmulatedVideo,
    name: 'picture.jpg' | 'picture.gif',
    args: readonly string[],
  ): Promise<string | undefined> {
    if (!this.#useFfmpeg) return undefined;
    const key = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 16);
    const path = await this.#once(
      `${video.uid}-${key}-${name}`,
      async (folder, source) => {
        const [before = '', ...after] = args;
        const isMade = await runFfmpeg(['-ss', before, '-i', source, ...after, name], folder);
        return isMade ? join(folder, name) : '';
      },
      video,
    );
    return path === '' ? undefined : path;
  }

  /** Removes what was made of a video. */
  async forget(uid: string): Promise<void> {
    for (const name of [...this.#making.keys()].filter((each) => each.startsWith(`${uid}-`))) {
      this.#making.delete(name);
      await rm(join(this.#folder, name), { recursive: true, force: true, maxRetries: 3 });
    }
  }

  #once(
    name: string,
    make: (folder: string, source: string) => Promise<string>,
    video: EmulatedVideo,
  ): Promise<string> {
    const known = this.#making.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name, make, video.arrived?.path ?? '');
    this.#making.set(name, made);
    return made;
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
}

function segmentArguments(source: string): readonly string[] {
  const video = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-vf',
    'scale=trunc(iw/2)*2:trunc(ih/2)*2',
  ];
  const keyFrames = ['-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`];
  const out = [
    '-f',
    'dash',
    '-seg_duration',
    String(SEGMENT_SECONDS),
    '-hls_playlist',
    '1',
    '-hls_master_name',
    'video.m3u8',
  ];
  return ['-i', source, '-map', '0:v:0', '-map', '0:a:0?', ...video, ...keyFrames, '-c:a', 'aac', ...out, 'video.mpd'];
}
