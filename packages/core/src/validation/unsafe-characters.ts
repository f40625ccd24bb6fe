/** C0 and C1 controls, line and paragraph separators, and the controls that turn the direction of text around (UAX #9). */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const EVERY_CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const LONE_SURROGATE = /\p{Cs}/u;
const EVERY_LONE_SURROGATE = /\p{Cs}/gu;

/** Whether the text holds half of a surrogate pair, which UTF-8 cannot express. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Whether the text holds a control character: C0, C1, a line or paragraph separator, or one that reverses text. */
export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

/** The text without the marks that turn its direction around, which Arabic and Hebrew names really have. */
export function withoutDirectionMarks(text: string): string {
  return text.replace(/\p{Bidi_Control}/gu, '');
}

/** The text with U+FFFD for each lone surrogate and without control characters. */
export function withoutUnsafeCharacters(text: string): string {
  return text.replace(EVERY_LONE_SURROGATE, '\u{FFFD}').replace(EVERY_CONTROL, '');
}
