import type { Problem } from '../contract/problem.ts';
import type { Checked } from './checked.ts';
import { fileExtension } from './file-extension.ts';
import { canonicalMimeType, compatibleMimeTypes, mimeTypeForExtension, mimeTypeLabel } from './media-types.ts';
import { sanitizeFileName } from './sanitize-file-name.ts';

const NAMED_TYPES = 4;

/**
 * Looks at what a browser says of a file: a video type of the table that is allowed, and an extension that goes with it.
 * Canonical is the table's spelling. Extensions of containers that programs take for one another go together
 * (`compatibleMimeTypes`); the declared type decides. No extension, or one that is not in the table (`.insv`, `.lrv`), is
 * no contradiction. Problems stand at `mimeType` and `fileName`.
 */
export function validateMimeType(mimeType: unknown, fileName: unknown, allowed: readonly string[]): Checked<string> {
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ path: 'mimeType', code: 'TYPE_NOT_ALLOWED', message });
  if (typeof mimeType !== 'string') {
    refuse('The type of the file must be text; it may be empty when it is not known.');
    return { value: '', problems };
  }
  const name = typeof fileName === 'string' ? sanitizeFileName(fileName) : '';
  const canonical = canonicalMimeType(mimeType, name);
  if (canonical === undefined) {
    refuse(`The file is no video that can be accepted here; please choose one of ${listOf(allowed)}.`);
    return { value: mimeType, problems };
  }
  if (!allowed.includes(canonical)) {
    refuse(
      `Videos of the type ${mimeTypeLabel(canonical)} are not accepted here; please choose one of ${listOf(allowed)}.`,
    );
  }
  const extension = fileExtension(name);
  const named = extension === undefined ? undefined : mimeTypeForExtension(extension);
  if (named !== undefined && !compatibleMimeTypes(named, canonical)) {
    const message = `The name of the file ends in ".${extension}", but the file is said to be ${mimeTypeLabel(canonical)}.`;
    problems.push({ path: 'fileName', code: 'EXTENSION_MISMATCH', message });
  }
  return { value: canonical, problems };
}

function listOf(allowed: readonly string[]): string {
  const labels = allowed.slice(0, NAMED_TYPES).map(mimeTypeLabel);
  return `${labels.join(', ')}${allowed.length > NAMED_TYPES ? ' and others' : ''}`;
}
