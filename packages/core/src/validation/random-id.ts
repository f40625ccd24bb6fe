const RANDOM_ID = /^[0-9a-f]{32}$/;

/**
 * 32 hexadecimal digits, 122 of their bits random (RFC 9562, version 4): names an upload, an attempt, a record, and is never used
 * twice. Platforms buffer the random bits, so that this does not block.
 */
export function randomId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** Whether a value has the form of what `randomId` makes, digits in lower case. Takes any input. */
export function isRandomId(value: unknown): value is string {
  return typeof value === 'string' && RANDOM_ID.test(value);
}
