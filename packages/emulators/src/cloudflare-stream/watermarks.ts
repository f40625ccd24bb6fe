import { badRequest } from './stream-refusal.ts';

/** Positions of a watermark. */
const POSITIONS = ['upperRight', 'upperLeft', 'lowerLeft', 'lowerRight', 'center'];
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The account's watermark profiles. They are kept and shown, but not burnt into pictures. */
export class Watermarks {
  readonly #profiles = new Map<string, object>();

  /** Creates a profile from a PNG. @throws {StreamRefusal} */
  add(
    uid: string,
    image: Buffer,
    asked: Readonly<Record<string, unknown>>,
    created: string,
    downloadedFrom: string | null,
  ): object {
    if (image.length < 24 || !image.subarray(0, 8).equals(PNG_SIGNATURE))
      throw badRequest('a watermark must be a PNG.');
    const position = asked['position'] ?? 'upperRight';
    if (!POSITIONS.includes(String(position))) throw badRequest(`position is one of ${POSITIONS.join(', ')}.`);
    const profile = {
      uid,
      size: image.length,
      width: image.readUInt32BE(16),
      height: image.readUInt32BE(20),
      created,
      downloadedFrom,
      name: String(asked['name'] ?? ''),
      opacity: fraction(asked, 'opacity', 1),
      padding: fraction(asked, 'padding', 0.05),
      scale: fraction(asked, 'scale', 0.15),
      position,
    };
    this.#profiles.set(uid, profile);
    return profile;
  }

  /** A profile, if there is one. */
  find(uid: string): object | null {
    return this.#profiles.get(uid) ?? null;
  }
}

function fraction(asked: Readonly<Record<string, unknown>>, name: string, fallback: number): number {
  const value = Number(asked[name] ?? fallback);
  if (!(value >= 0 && value <= 1)) throw badRequest(`${name} must be a number from 0 to 1.`);
  return value;
}
