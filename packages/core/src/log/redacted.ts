/** Replaces a credential; the word that OpenTelemetry's conventions use in `url.full`. Safe inside URLs and JSON. */
export const REDACTED = 'REDACTED';
