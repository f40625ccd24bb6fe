import type { ByteSource } from './byte-source.ts';
import { type Box, BoxWalker } from './iso-boxes.ts';

/** Types of the first box of such files; QuickTime of before 2001 has no `ftyp`. */
const FIRST_TYPES: ReadonlySet<string> = new Set([
  ...['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'uuid', 'pdin', 'pnot', 'sidx', 'emsg', 'prft'],
]);

/** How the boxes of an MP4 or QuickTime file are laid out. */
export interface IsoLayout {
  /** Where `ftyp` begins; 0 in old QuickTime, which has none. */
  readonly start: number;
  /** Major brand of `ftyp`; absent in old QuickTime. */
  readonly brand?: string;
  /** The box that describes the tracks. */
  readonly movie?: Box;
  /** The first fragment, when the file has any. */
  readonly firstFragment?: Box;
  /** Whether the walk reached the end of the file, or the boxes that it searched; if not, a missing box proves nothing. */
  readonly isConclusive: boolean;
}

/**
 * The layout; undefined when the file does not begin with a box. `isKnown`: the file is known to be of this family by other
 * means, so that it may begin with any box, which players skip.
 */
export async function isoLayout(source: ByteSource, isKnown = false): Promise<IsoLayout | undefined> {
  const walker = new BoxWalker(source);
  const boxes = walker.walk(0, source.sizeBytes);
  let isIso = false;
  let start = 0;
  let brand: string | undefined;
  let movie: Box | undefined;
  let firstFragment: Box | undefined;
  for (;;) {
    const { done, value } = await boxes.next();
    if (done === true) return isIso ? layout(value) : undefined;
    if (value.start === 0 && !isKnown && !FIRST_TYPES.has(value.type)) return undefined;
    isIso = true;
    if (value.type === 'ftyp' && brand === undefined) {
      start = value.start;
      brand = String.fromCharCode(...(await source.read(value.content, value.content + 4)));
    }
    if (value.type === 'moov') movie ??= value;
    if (value.type === 'moof') firstFragment ??= value;
    if (firstFragment !== undefined && movie !== undefined) return layout(true);
    // Boxes after `moov` matter only when it announces fragments, which it may do after boxes that were not read.
    if (value.type === 'moov' && (await walker.find(value, 'mvex')) === undefined) return layout(!walker.hasMissed);
  }

  function layout(isConclusive: boolean): IsoLayout {
    return {
      start,
      isConclusive,
      ...(brand !== undefined && { brand }),
      ...(movie !== undefined && { movie }),
      ...(firstFragment !== undefined && { firstFragment }),
    };
  }
}
