/** The element's own style; a page sets its size and colours from outside, and parts by `::part(…)`. */
const CSS = `
:host {
  display: block;
  position: relative;
  min-width: 0;
  aspect-ratio: 16 / 9;
  overflow: hidden;
  background: #000;
  color: #fff;
  font-family: inherit;
  line-height: 1.4;
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
[part~="stage"], .screen, .screen > *, video, iframe, img { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
video, img { object-fit: contain; }
.screen[data-waiting] { opacity: 0; pointer-events: none; z-index: -1; }
[part~="stage"] { isolation: isolate; }
[part~="notice"] {
  position: absolute;
  inset: auto 0 0;
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1rem;
  align-items: center;
  justify-content: center;
  margin: 0;
  padding: 0.75rem 1rem;
  background: rgb(0 0 0 / 0.85);
  text-align: center;
  overflow-wrap: anywhere;
}
[part~="notice"][data-alone] { inset: 0; background: #000; }
[part~="text"] { margin: 0; min-width: 0; }
button {
  min-height: 2.5rem;
  padding: 0.4rem 1.1rem;
  border: 1px solid #fff;
  border-radius: 0.5rem;
  background: #000;
  color: #fff;
  font: inherit;
  cursor: pointer;
}
button:hover { background: #fff; color: #000; }
:focus-visible { outline: 3px solid #a5b4fc; outline-offset: -3px; }
[part~="start"] { position: absolute; inset: 0; margin: auto; width: fit-content; height: fit-content; }
`;

/**
 * The style sheet of an element, for the document that it is in: each takes only those of its own window. Constructed: no style
 * element, so `style-src` needs no exception.
 */
export function playerStyle({ defaultView }: Document): CSSStyleSheet {
  const sheet = new (defaultView ?? globalThis).CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}
