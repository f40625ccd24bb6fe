/** Run by a double click or by a web server even when a further ending follows (Apache mod_mime, hidden known endings). */
const ANYWHERE: ReadonlySet<string> = new Set([
  ...['exe', 'scr', 'pif', 'bat', 'cmd', 'msi', 'lnk', 'cpl', 'hta', 'jar', 'jse', 'vbe', 'vbs', 'wsf', 'wsh', 'ps1'],
  ...['php', 'phar', 'phtml', 'asp', 'aspx', 'jsp', 'cgi', 'shtml'],
]);
/** Harmless inside a name (`Introduction to node.js.mp4`, `talk from example.com.mov`), not at its end. */
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

/** The first extension that makes a program of the file, in lower case without its dot; undefined when there is none. */
export function executableExtension(fileName: string): string | undefined {
  const parts = fileName.split('.');
  return parts
    .find((part, index) => isExecutable(part, index, parts.length))
    ?.trim()
    .toLowerCase();
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
