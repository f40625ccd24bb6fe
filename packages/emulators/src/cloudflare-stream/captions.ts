/** A caption of a video: one for each language. */
export interface Caption {
  /** BCP 47. */
  readonly language: string;
  /** For people. */
  readonly label: string;
  /** Whether the service generated it. */
  readonly isGenerated: boolean;
  /** When it will be ready, in milliseconds since the epoch. */
  readonly readyAtMs: number;
  /** WebVTT. */
  readonly text: string;
}

const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}$/;

/** Whether a text is a language tag of BCP 47, in the form that the service accepts. */
export function isLanguageTag(text: string): boolean {
  return text.length <= 35 && LANGUAGE.test(text);
}

/** The language's name in English, as labels of captions show it. */
export function languageName(tag: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
}
