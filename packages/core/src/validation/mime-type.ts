import type { Problem } from '../contract/problem.ts';
import type { Checked } from './checked.ts';
import { fileExtension } from './file-extension.ts';
import { canonicalMimeType, compatibleMimeTypes, mimeTypeForExtension, mimeTypeLabel } from './media-types.ts';
import { sanitizeFileName } from './sanitize-file-name.ts';

const NAMED_TYPES = 4;

/**
 * Validates the type that a browser declares for a file: a video type of the table that is allowed, and an extension that fits.
 * The canonical form is the table's. Extensions of one family fit (`compatibleMimeTypes`), and so does a missing or unknown one
 * (`.insv`, `.lrv`); the declared type decides. Problems have the path `mimeType` or `fileName`.
 */
export function validateMimeType(mimeType: unknown, fileName: unknown, allowed: readonly string[]): Checked<string> {
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ path: 'mimeType', code: 'TYPE_NOT_ALLOWED', message });
  if (typeof mimeType !== 'string') {
    refuse('The type of the file must be text; leave it empty when it is not known.');
    return { value: '', problems };
  }
  const name = typeof fileName === 'string' ? sanitizeFileName(fileName) : '';
  const canonical = canonicalMimeType(mimeType, name);
  if (canonical === undefined) {
    refuse(`This type of file is not accepted here; please choose one of ${listOf(allowed)}.`);
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
    const message = `The name of the file ends in ".${extension}", but its type is ${mimeTypeLabel(canonical)}.`;
    problems.push({ path: 'fileName', code: 'EXTENSION_MISMATCH', message });
  }
  return { value: canonical, problems };
}

function listOf(allowed: readonly string[]): string {
  const labels = allowed.slice(0, NAMED_TYPES).map(mimeTypeLabel);
  return `${labels.join(', ')}${allowed.length > NAMED_TYPES ? ' and others' : ''}`;
}
