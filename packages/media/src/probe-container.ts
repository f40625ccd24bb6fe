/** Container formats, named as in their specifications; `other` stands for rarer formats that do hold a picture. */
export type ProbeContainer =
  | 'mp4'
  | 'quicktime'
  | 'webm'
  | 'matroska'
  | 'mpeg-ts'
  | 'mpeg-ps'
  | 'mpeg-video'
  | 'avi'
  | 'asf'
  | 'flv'
  | 'mxf'
  | 'ogg'
  | 'dv'
  | 'other';

/** Canonical MIME type of each container, as in the table of `@videostorage/core`. */
export const CONTAINER_MIME_TYPES: Readonly<Record<ProbeContainer, string>> = {
  mp4: 'video/mp4',
  quicktime: 'video/quicktime',
  webm: 'video/webm',
  matroska: 'video/matroska',
  'mpeg-ts': 'video/mp2t',
  'mpeg-ps': 'video/mpeg',
  'mpeg-video': 'video/mpeg',
  avi: 'video/x-msvideo',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  mxf: 'application/mxf',
  ogg: 'video/ogg',
  dv: 'video/dv',
  other: 'application/octet-stream',
};
