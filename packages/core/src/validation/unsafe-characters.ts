/** C0 and C1 controls, line and paragraph separators, and controls of text direction (UAX #9). */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const EVERY_CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const LONE_SURROGATE = /\p{Cs}/u;
const EVERY_LONE_SURROGATE = /\p{Cs}/gu;

/** Whether the text holds half of a surrogate pair, which UTF-8 cannot represent. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Whether the text holds a control character: C0, C1, a line or paragraph separator, or a control of text direction. */
export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

/** The text without controls of text direction, which Arabic and Hebrew names contain. */
export function withoutDirectionMarks(text: string): string {
  return text.replace(/\p{Bidi_Control}/gu, '');
}

/** The text with U+FFFD for each lone surrogate and without control characters. */
export function withoutUnsafeCharacters(text: string): string {
  return text.replace(EVERY_LONE_SURROGATE, '\u{FFFD}').replace(EVERY_CONTROL, '');
}
