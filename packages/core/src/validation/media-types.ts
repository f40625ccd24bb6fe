import { fileExtension } from './file-extension.ts';
import { MEDIA_TYPES, type MediaType } from './media-type-table.ts';

/** The types that browsers and stores report when they do not know it. */
const UNKNOWN_TYPES: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);
/** Restricted names of RFC 6838, section 4.2; only ASCII, so that no look-alike letter is folded into one. */
const TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
const PLAIN_EXTENSION = /^[A-Za-z0-9]{1,10}$/;

const byMimeType = new Map<string, MediaType>();
const byExtension = new Map<string, MediaType>();
const byPreferredExtension = new Map<string, MediaType>();
for (const type of MEDIA_TYPES) {
  byPreferredExtension.set(type.extensions[0], type);
  for (const name of [type.mimeType, ...type.aliases]) byMimeType.set(name, type);
  for (const extension of type.extensions) byExtension.set(extension, type);
}

/**
 * The table's own spelling of a video type: parameters stripped, case folded, aliases resolved. An empty type,
 * `application/octet-stream` and `binary/octet-stream` are resolved by the file's extension; otherwise the declared type
 * decides. Undefined when the table does not know it.
 */
export function canonicalMimeType(mimeType: string, fileName: string): string | undefined {
  const essence = mimeTypeEssence(mimeType);
  if (essence === undefined) return undefined;
  if (!UNKNOWN_TYPES.has(essence)) return byMimeType.get(essence)?.mimeType;
  const extension = fileExtension(fileName);
  return extension === undefined ? undefined : byExtension.get(extension)?.mimeType;
}

/** The preferred extension of a video type or alias, without the dot; undefined when it is not in the table. */
export function extensionForMimeType(mimeType: string): string | undefined {
  return byMimeType.get(mimeTypeEssence(mimeType) ?? '')?.extensions[0];
}

/** The canonical type of which this is the preferred extension, exactly as in the table; undefined for all others. */
export function mimeTypeForPreferredExtension(extension: string): string | undefined {
  return byPreferredExtension.get(extension)?.mimeType;
}

/** The canonical type of an extension (any case, without the dot); undefined when it is not in the table. */
export function mimeTypeForExtension(extension: string): string | undefined {
  return PLAIN_EXTENSION.test(extension) ? byExtension.get(extension.toLowerCase())?.mimeType : undefined;
}

/** Whether both are the same type, whatever their case, parameters or alias. An unknown or empty type equals none. */
export function sameMimeType(first: string, second: string): boolean {
  const [one, two] = [mimeTypeEssence(first), mimeTypeEssence(second)];
  if (one === undefined || two === undefined || UNKNOWN_TYPES.has(one)) return false;
  return (byMimeType.get(one)?.mimeType ?? one) === (byMimeType.get(two)?.mimeType ?? two);
}

/**
 * Whether both are the same type, or of one family of containers that programs commonly confuse: MP4, QuickTime and 3GP;
 * Matroska and WebM; MPEG programme and transport streams; WMV and ASF. For comparing a declared type with an observed one.
 */
export function compatibleMimeTypes(first: string, second: string): boolean {
  const [one, two] = [mimeTypeEssence(first), mimeTypeEssence(second)];
  const family = byMimeType.get(one ?? '')?.family;
  return sameMimeType(first, second) || (family !== undefined && family === byMimeType.get(two ?? '')?.family);
}

/** The common name of a type, for instance `MP4`; the type itself when it is not in the table. */
export function mimeTypeLabel(mimeType: string): string {
  return byMimeType.get(mimeTypeEssence(mimeType) ?? '')?.label ?? mimeType;
}

/** Type and subtype in lower case without parameters; empty for an empty type, undefined when it is not a MIME type. */
function mimeTypeEssence(mimeType: string): string | undefined {
  const [essence = ''] = mimeType.slice(0, 512).split(';', 1);
  const trimmed = essence.trim();
  if (trimmed === '') return '';
  return TYPE.test(trimmed) ? trimmed.toLowerCase() : undefined;
}
