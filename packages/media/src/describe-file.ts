import type { BlockReader } from './block-reader.ts';
import { isForeignContainer, SIGNATURE_BYTES } from './file-signature.ts';
import { FragmentGuard } from './fragment-guard.ts';
import { guardMovie, isBoxFile } from './movie-guard.ts';
import { NotVideoError } from './not-video-error.ts';
import { Parser, type VideoDescription } from './parser.ts';
import { silenceParser } from './parser-log.ts';

/** What the file says. @throws {NotVideoError} {TooComplexError} or what the reader threw */
export async function describeFile(reader: BlockReader): Promise<VideoDescription> {
  const guard = new FragmentGuard(reader.sizeBytes);
  reader.onPiece = (start, piece) => guard.inspect(start, piece);
  if (reader.sizeBytes < SIGNATURE_BYTES) throw new NotVideoError('unknown-container');
  const head = await reader.read(0, SIGNATURE_BYTES);
  if (isForeignContainer(head)) throw new NotVideoError('unsupported-container');
  if (isBoxFile(head)) await guardMovie(reader);
  else reader.onPiece = undefined;

  const restoreParserLog = silenceParser();
  const parser = new Parser(reader);
  try {
    return await parser.describe();
  } finally {
    parser.dispose();
    restoreParserLog();
  }
}
