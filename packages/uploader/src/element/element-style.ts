/**
 * The element's own style. Colours follow the page's `color-scheme` (`light-dark()` and system colours); a page changes them by
 * the custom properties `--video-storage-…`, and single parts by `::part(…)`.
 */
const CSS = `
:host {
  --accent: var(--video-storage-accent, light-dark(#4338ca, #a5b4fc));
  --accent-text: var(--video-storage-accent-text, light-dark(#ffffff, #14142b));
  --surface: var(--video-storage-surface, Canvas);
  --text: var(--video-storage-text, CanvasText);
  --soft: var(--video-storage-soft, light-dark(#55556b, #b4b4c8));
  --line: var(--video-storage-line, light-dark(#d9d9e6, #3b3b50));
  --good: var(--video-storage-good, light-dark(#146c43, #75d8aa));
  --bad: var(--video-storage-bad, light-dark(#a8231b, #ffb4ab));
  --radius: var(--video-storage-radius, 0.75rem);
  display: block;
  position: relative;
  min-width: 0;
  color: var(--text);
  font-family: inherit;
  line-height: 1.45;
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
[part~="zone"] {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: center;
  gap: 0.35rem 0.75rem;
  padding: 1.5rem 1rem;
  border: 2px dashed var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  text-align: center;
}
[part~="zone"][data-over] { border-color: var(--accent); }
[part~="accepted"] { flex-basis: 100%; margin: 0; }
[part~="drop"], [part~="accepted"], [part~="size"], [part~="state"] { color: var(--soft); font-size: 0.9em; }
button {
  min-height: 2.25rem;
  padding: 0.3rem 0.8rem;
  border: 1px solid var(--line);
  border-radius: calc(var(--radius) * 0.7);
  background: transparent;
  color: inherit;
  font: inherit;
  font-size: 0.9em;
  cursor: pointer;
}
button:hover:not(:disabled) { border-color: currentColor; }
button:disabled { opacity: 0.5; cursor: default; }
[part~="choose"] {
  padding: 0.55rem 1.2rem;
  border-color: transparent;
  background: var(--accent);
  color: var(--accent-text);
  font-size: 1em;
  font-weight: 600;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ul { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6rem; margin: 0.75rem 0 0; padding: 0; list-style: none; }
ul:empty { display: none; }
li {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0.3rem 0.75rem;
  padding: 0.75rem 1rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
}
li > * { grid-column: 1 / -1; }
[part~="name"] { grid-column: 1; overflow-wrap: anywhere; font-weight: 600; }
[part~="size"] { grid-column: 2; white-space: nowrap; }
[part~="state"], [part~="sentence"], [part~="heading"] { margin: 0; overflow-wrap: anywhere; }
[part~="heading"] { margin-top: 1rem; font-size: 1em; }
[part~="state"] { font-variant-numeric: tabular-nums; }
[part~="sentence"] { color: var(--bad); }
li[data-phase="ready"] [part~="state"] { color: var(--good); }
[part~="bar"] { height: 0.5rem; border-radius: 0.25rem; overflow: hidden; background: var(--line); }
[part~="fill"] { height: 100%; border-radius: inherit; background: var(--accent); transform-origin: 0 50%; }
:host(:dir(rtl)) [part~="fill"] { transform-origin: 100% 50%; }
[part~="actions"] { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (prefers-reduced-motion: no-preference) {
  [part~="fill"] { transition: transform 0.2s linear; }
  [part~="zone"], button { transition: border-color 0.15s; }
}
@media (forced-colors: active) {
  [part~="bar"] { border: 1px solid; }
  [part~="fill"] { background: Highlight; }
}
`;

/**
 * The element's style sheet, for the document that it is in: each takes only those of its own window. It is constructed, not written
 * as markup, so that a page whose Content-Security-Policy has no `'unsafe-inline'` needs no exception.
 */
export function elementStyle({ defaultView }: Document): CSSStyleSheet {
  const sheet = new (defaultView ?? globalThis).CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}
