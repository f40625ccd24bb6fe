/** The facts about a track that reading its fragments needs. */
export interface FragmentedTrack {
  readonly timescale: number;
  /** Duration of a sample without one of its own; from `trex`. */
  readonly defaultDuration: number;
}

/** The time that a fragment covers, in seconds. */
export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

const name = (view: DataView, at: number) =>
  String.fromCharCode(...[4, 5, 6, 7].map((byte) => view.getUint8(at + byte)));

/**
 * The boxes between two positions of a fragment that is completely in memory; zeros after them are padding. @throws
 * {RangeError} no box can begin where one has ended, but players may use the bytes there
 */
function* boxesIn(view: DataView, start: number, end: number) {
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    if (size === 0 && view.getUint32(at + 4) === 0) return;
    if (size < 8 || at + size > end) throw new RangeError('A box of the fragment does not end within it.');
    yield { type: name(view, at), content: at + 8, end: at + size };
    at += size;
  }
}

/**
 * The time that the tracks of a `moof` box cover: decoding time of its first sample (`tfdt`) and the durations of all (`trun`).
 * Undefined when it states no time, or one of its tracks plays without one. `bytes` is the whole box. @throws {RangeError}
 * counts in the box exceed its size, or its content cannot be read to its end
 */
export function fragmentSpan(bytes: Uint8Array, tracks: ReadonlyMap<number, FragmentedTrack>): Span | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let span: Span | undefined;
  for (const box of boxesIn(view, 8, view.byteLength)) {
    const found = box.type === 'traf' ? trackSpan(view, box.content, box.end, tracks) : 'nothing';
    if (found === undefined) return undefined;
    if (found === 'nothing') continue;
    span = {
      startSeconds: Math.min(found.startSeconds, span?.startSeconds ?? Number.POSITIVE_INFINITY),
      endSeconds: Math.max(found.endSeconds, span?.endSeconds ?? 0),
    };
  }
  return span;
}

/** Undefined when its time is not stated, or players read it from different boxes. */
function trackSpan(
  view: DataView,
  start: number,
  end: number,
  tracks: ReadonlyMap<number, FragmentedTrack>,
): Span | 'nothing' | undefined {
  let isNamed = false;
  let track: FragmentedTrack | undefined;
  let sampleDuration = 0;
  let base: number | undefined;
  let hasRun = false;
  let ticks = 0;
  for (const { type, content } of boxesIn(view, start, end)) {
    if (type === 'tfhd') {
      // With two headers some players use the one before a run, others the first.
      if (isNamed) return undefined;
      isNamed = true;
      track = tracks.get(view.getUint32(content + 4));
      sampleDuration = headerDuration(view, content) ?? track?.defaultDuration ?? 0;
    }
    if (type === 'tfdt') {
      // The same holds for times; and players use a time before the header for the previous track, and one after a run for the
      // next run.
      if (base !== undefined || !isNamed || hasRun) return undefined;
      base = view.getUint8(content) === 0 ? view.getUint32(content + 4) : Number(view.getBigUint64(content + 4));
    }
    // Players use it as a run of the previous track.
    if (type === 'trun' && !isNamed) return undefined;
    if (type === 'trun') {
      hasRun = true;
      ticks += runTicks(view, content, sampleDuration);
    }
  }
  if (track === undefined) return 'nothing';
  if (base === undefined) return ticks > 0 ? undefined : 'nothing';
  return { startSeconds: base / track.timescale, endSeconds: (base + ticks) / track.timescale };
}

const flagsOf = (view: DataView, content: number) => view.getUint32(content) & 0xffffff;

/** `default_sample_duration` of `tfhd`; a data offset and an index may precede it. */
function headerDuration(view: DataView, content: number): number | undefined {
  const flags = flagsOf(view, content);
  if ((flags & 0x8) === 0) return undefined;
  return view.getUint32(content + 8 + ((flags & 0x1) === 0 ? 0 : 8) + ((flags & 0x2) === 0 ? 0 : 4));
}

function runTicks(view: DataView, content: number, sampleDuration: number): number {
  const flags = flagsOf(view, content);
  const count = view.getUint32(content + 4);
  if ((flags & 0x100) === 0) return count * sampleDuration;
  const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  const first = content + 8 + ((flags & 0x1) === 0 ? 0 : 4) + ((flags & 0x4) === 0 ? 0 : 4);
  let ticks = 0;
  // A wrong count ends soon, since reading beyond the box throws.
  for (let sample = 0; sample < count; sample += 1) ticks += view.getUint32(first + sample * fields * 4);
  return ticks;
}
