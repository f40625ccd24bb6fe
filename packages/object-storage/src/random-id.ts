/** 32 hexadecimal digits, 122 of their bits random: names an attempt or a purge, never used twice. */
export function randomId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
