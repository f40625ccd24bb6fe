import type { ObjectVersion } from './stored-object.ts';

/** The four conditions that a request may make of an object, as their headers end. */
type ObjectCondition = 'Match' | 'None-Match' | 'Modified-Since' | 'Unmodified-Since';

/**
 * The condition that an object does not meet; undefined when it meets all. When an ETag is compared, a date does not count, and
 * an invalid date is ignored (Amazon S3 API Reference, "GetObject", "CopyObject").
 */
export function unmetCondition(
  read: (condition: ObjectCondition) => string | undefined,
  object: Pick<ObjectVersion, 'eTag' | 'lastModifiedMs'>,
): ObjectCondition | undefined {
  const [match, noneMatch] = [read('Match'), read('None-Match')];
  // Dates of HTTP have whole seconds.
  const modifiedMs = Math.floor(object.lastModifiedMs / 1000) * 1000;
  const dateOf = (condition: ObjectCondition) => Date.parse(read(condition) ?? '');
  if (match !== undefined && !namesETag(match, object)) return 'Match';
  if (match === undefined && modifiedMs > dateOf('Unmodified-Since')) return 'Unmodified-Since';
  if (noneMatch !== undefined && namesETag(noneMatch, object)) return 'None-Match';
  if (noneMatch === undefined && modifiedMs <= dateOf('Modified-Since')) return 'Modified-Since';
  return undefined;
}

function namesETag(header: string, { eTag }: Pick<ObjectVersion, 'eTag'>): boolean {
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replaceAll('"', '') === eTag);
}
