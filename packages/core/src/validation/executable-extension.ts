/**
 * Executed on a double click or by a web server even when another extension follows (Apache mod_mime, hidden known
 * extensions).
 */
const ANYWHERE: ReadonlySet<string> = new Set([
  ...['exe', 'scr', 'pif', 'bat', 'cmd', 'msi', 'lnk', 'cpl', 'hta', 'jar', 'jse', 'vbe', 'vbs', 'wsf', 'wsh', 'ps1'],
  ...['php', 'phar', 'phtml', 'asp', 'aspx', 'jsp', 'cgi', 'shtml'],
]);
/** Harmless inside a name (`Introduction to node.js.mp4`, `talk from example.com.mov`), but not at its end. */
const AT_THE_END: ReadonlySet<string> = new Set([
  ...[
    'com',
    'dll',
    'reg',
    'msc',
    'msp',
    'gadget',
    'app',
    'command',
    'dmg',
    'pkg',
    'apk',
    'deb',
    'rpm',
    'run',
    'sh',
    'bash',
  ],
  ...['js', 'mjs', 'py', 'pl', 'rb', 'html', 'htm', 'xhtml', 'svg', 'swf', 'url', 'desktop', 'iso', 'img', 'vhd'],
]);

/** Dots, spaces and direction marks after the extension, which a system may ignore. */
const TAIL = /[\s.\p{Bidi_Control}]/u;

/** The last extension, in lower case without its dot, when it makes a program of the file; undefined when it does not. */
export function executableExtension(fileName: string): string | undefined {
  let end = fileName.length;
  while (end > 0 && TAIL.test(fileName.charAt(end - 1))) end -= 1;
  const dot = fileName.lastIndexOf('.', end - 1);
  const extension = fileName
    .slice(dot + 1, end)
    .trim()
    .toLowerCase();
  return dot > 0 && (ANYWHERE.has(extension) || AT_THE_END.has(extension)) ? extension : undefined;
}

/** The name with `_` for the dot of each extension that makes a program of the file: `invoice.mp4_exe`. */
export function withoutExecutableExtensions(fileName: string): string {
  const parts = fileName.split('.');
  return parts.reduce((name, part, index) => name + (isExecutable(part, index, parts.length) ? '_' : '.') + part);
}

function isExecutable(part: string, index: number, count: number): boolean {
  const extension = part.trim().toLowerCase();
  return index > 0 && (ANYWHERE.has(extension) || (index === count - 1 && AT_THE_END.has(extension)));
}
