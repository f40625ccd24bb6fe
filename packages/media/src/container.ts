import type { InputFormat } from 'mediabunny';
import { MATROSKA, MP4, MPEG_TS, QTFF, WEBM } from 'mediabunny';

/** The formats that can be read, by the name that their specification has. */
export type Container = 'mp4' | 'quicktime' | 'matroska' | 'webm' | 'mpeg-ts';

/** What is known of one container. */
interface ContainerRow {
  readonly container: Container;
  readonly format: InputFormat;
  readonly mimeType: string;
  /** Other types whose files are in this container. */
  readonly otherTypes: readonly string[];
}

const ROWS: readonly ContainerRow[] = [
  {
    container: 'mp4',
    format: MP4,
    mimeType: 'video/mp4',
    otherTypes: ['video/x-m4v', 'video/3gpp', 'video/3gpp2'],
  },
  { container: 'quicktime', format: QTFF, mimeType: 'video/quicktime', otherTypes: [] },
  { container: 'matroska', format: MATROSKA, mimeType: 'video/x-matroska', otherTypes: ['video/matroska'] },
  { container: 'webm', format: WEBM, mimeType: 'video/webm', otherTypes: [] },
  { container: 'mpeg-ts', format: MPEG_TS, mimeType: 'video/mp2t', otherTypes: [] },
];

/** The formats to try, in order. */
export const READABLE_FORMATS: InputFormat[] = ROWS.map((row) => row.format);

/** Name and canonical type of a format that was recognised. */
export function describeFormat(format: InputFormat): { readonly container: Container; readonly mimeType: string } {
  const row = ROWS.find((candidate) => candidate.format === format);
  if (row === undefined) throw new TypeError(`No container is known for the format ${format.name}.`);
  return { container: row.container, mimeType: row.mimeType };
}

/**
 * The container that a file of this canonical MIME type must be in; undefined when files of that type cannot be read here.
 * Phones write 3GPP brands into `.mp4` and the other way round, so the MP4 family counts as one container.
 */
export function containerOfType(mimeType: string): Container | undefined {
  const type = mimeType.toLowerCase();
  return ROWS.find((row) => row.mimeType === type || row.otherTypes.includes(type))?.container;
}
