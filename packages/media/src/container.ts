/** The formats that can be read, by the name that their specification has. */
export type Container = 'mp4' | 'quicktime' | 'matroska' | 'webm' | 'mpeg-ts';

/** Canonical MIME type of each container. */
export const CONTAINER_TYPES: Readonly<Record<Container, string>> = {
  mp4: 'video/mp4',
  quicktime: 'video/quicktime',
  matroska: 'video/matroska',
  webm: 'video/webm',
  'mpeg-ts': 'video/mp2t',
};

/** Types that share a container with another, and the name of Matroska from before it was registered (RFC 9559). */
const OTHER_TYPES: Readonly<Record<string, Container>> = {
  'video/x-m4v': 'mp4',
  'video/3gpp': 'mp4',
  'video/3gpp2': 'mp4',
  'video/x-matroska': 'matroska',
};

const CONTAINER_BY_TYPE: ReadonlyMap<string, Container> = new Map([
  ...Object.entries(OTHER_TYPES),
  ...(Object.keys(CONTAINER_TYPES) as Container[]).map((name) => [CONTAINER_TYPES[name], name] as const),
]);

/** The container that files of a MIME type are in; undefined when files of that type cannot be read here. */
export function containerOfType(mimeType: string): Container | undefined {
  return CONTAINER_BY_TYPE.get(mimeType.toLowerCase());
}
