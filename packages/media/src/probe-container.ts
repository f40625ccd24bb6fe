/** The formats that hold tracks, by the name that their specification has; `other` for rarer ones that do hold a picture. */
export type ProbeContainer =
  | 'mp4'
  | 'quicktime'
  | 'webm'
  | 'matroska'
  | 'mpeg-ts'
  | 'avi'
  | 'asf'
  | 'flv'
  | 'mpeg-ps'
  | 'mxf'
  | 'ogg'
  | 'other';

/** Canonical MIME type of each container, as in the table of `@videostorage/core`. */
export const CONTAINER_MIME_TYPES: Readonly<Record<ProbeContainer, string>> = {
  mp4: 'video/mp4',
  quicktime: 'video/quicktime',
  webm: 'video/webm',
  matroska: 'video/matroska',
  'mpeg-ts': 'video/mp2t',
  avi: 'video/x-msvideo',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  'mpeg-ps': 'video/mpeg',
  mxf: 'application/mxf',
  ogg: 'video/ogg',
  other: 'application/octet-stream',
};
