/** What a track needs so that its fragments can be read. */
export interface FragmentedTrack {
  readonly timescale: number;
  /** Duration of a sample that says nothing else; from `trex`. */
  readonly defaultDuration: number;
}

/** From when to when a fragment shows, in seconds. */
export interface Span {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

const name = (view: DataView, at: number) =>
  String.fromCharCode(...[4, 5, 6, 7].map((byte) => view.getUint8(at + byte)));

/**
 * The boxes between two places of a fragment that is wholly in memory; zeros behind them are padding.
 * @throws {RangeError} none can begin where one has ended: players may go by what is there
 */
function* boxesIn(view: DataView, start: number, end: number) {
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    if (size === 0 && view.getUint32(at + 4) === 0) return;
    if (size < 8 || at + size > end) throw new RangeError('A box of the fragment has no end in it.');
    yield { type: name(view, at), content: at + 8, end: at + size };
    at += size;
  }
}

/**
 * The time that the tracks of a `moof` box cover: decoding time of its first sample (`tfdt`) and the durations of all (`trun`).
 * Undefined when it says nothing of time, or one of its tracks plays at a time that it does not say. `bytes` is the whole box.
 * @throws {RangeError} the box counts beyond its end, or what is in it cannot be read to its end
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

/** Undefined when it plays at a time that is not said, or that players read from different boxes. */
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
      // Of two headers some players go by the one before a run, others by the first.
      if (isNamed) return undefined;
      isNamed = true;
      track = tracks.get(view.getUint32(content + 4));
      sampleDuration = headerDuration(view, content) ?? track?.defaultDuration ?? 0;
    }
    if (type === 'tfdt') {
      // So with times; and one before the header is taken for the track before, one behind a run for the next run.
      if (base !== undefined || !isNamed || hasRun) return undefined;
      base = view.getUint8(content) === 0 ? view.getUint32(content + 4) : Number(view.getBigUint64(content + 4));
    }
    // Players take it for a run of the track before.
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

/** `default_sample_duration` of `tfhd`; before it may stand a data offset and an index. */
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
  // The box ends long before a false count does: reading beyond it throws.
  for (let sample = 0; sample < count; sample += 1) ticks += view.getUint32(first + sample * fields * 4);
  return ticks;
}
