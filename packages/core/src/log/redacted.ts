/** Stands where a credential stood; the word of OpenTelemetry's conventions for `url.full`. Safe inside URLs and JSON. */
export const REDACTED = 'REDACTED';
