/** One kind of video file. */
export interface MediaType {
  /** Its common name, for instance `MP4`. */
  readonly label: string;
  /** The canonical MIME type. */
  readonly mimeType: string;
  /** Other names in use for it. */
  readonly aliases: readonly string[];
  /** Extensions without the dot; the first one is used in keys. */
  readonly extensions: readonly [string, ...string[]];
  /** Whether browsers play it without encoding. */
  readonly isPlayable: boolean;
  /** Group of similar containers: programs commonly confuse those of one family. */
  readonly family: 'iso-base-media' | 'matroska' | 'mpeg' | 'riff' | 'asf' | 'flash' | 'ogg' | 'mxf' | 'dv';
}

/**
 * All video types that the library knows; this table is the only source of types and extensions. Canonical names are the
 * registered ones (IANA media types; RFC 9559 for Matroska) and, where nothing is registered, those of the common web
 * servers. Aliases are other names that browsers report because Windows or freedesktop.org registers them.
 */
export const MEDIA_TYPES: readonly MediaType[] = [
  {
    label: 'MP4',
    mimeType: 'video/mp4',
    // Apple's and Adobe's names for the same container.
    aliases: [
      'video/x-m4v',
      'video/m4v',
      'application/mp4',
      'video/mp4v-es',
      'video/x-mp4',
      'video/x-f4v',
      'video/f4v',
    ],
    extensions: ['mp4', 'm4v', 'mp4v', 'mpg4', 'f4v'],
    family: 'iso-base-media',
    isPlayable: true,
  },
  {
    label: 'QuickTime (MOV)',
    mimeType: 'video/quicktime',
    aliases: ['video/x-quicktime', 'video/mov', 'video/x-mov'],
    extensions: ['mov', 'qt'],
    family: 'iso-base-media',
    isPlayable: true,
  },
  {
    label: '3GP',
    mimeType: 'video/3gpp',
    aliases: ['video/3gp', 'video/x-3gpp'],
    extensions: ['3gp', '3gpp'],
    family: 'iso-base-media',
    isPlayable: true,
  },
  {
    label: '3G2',
    mimeType: 'video/3gpp2',
    aliases: ['video/3g2', 'video/x-3gpp2'],
    extensions: ['3g2', '3gp2', '3gpp2'],
    family: 'iso-base-media',
    isPlayable: true,
  },
  {
    label: 'WebM',
    mimeType: 'video/webm',
    aliases: ['video/x-webm'],
    extensions: ['webm'],
    family: 'matroska',
    isPlayable: true,
  },
  {
    label: 'Matroska (MKV)',
    mimeType: 'video/matroska',
    aliases: ['video/x-matroska', 'video/mkv', 'video/x-mkv', 'video/matroska-3d', 'video/x-matroska-3d'],
    extensions: ['mkv', 'mk3d'],
    family: 'matroska',
    isPlayable: true,
  },
  {
    label: 'AVI',
    mimeType: 'video/x-msvideo',
    aliases: ['video/avi', 'video/vnd.avi', 'video/msvideo', 'video/x-avi', 'video/divx', 'video/vnd.divx'],
    extensions: ['avi', 'divx'],
    family: 'riff',
    isPlayable: false,
  },
  {
    label: 'MPEG-TS',
    mimeType: 'video/mp2t',
    aliases: ['video/vnd.dlna.mpeg-tts', 'video/mp2ts', 'video/x-mpegts', 'video/mpegts'],
    extensions: ['ts', 'mts', 'm2ts', 'm2t'],
    family: 'mpeg',
    isPlayable: false,
  },
  {
    label: 'MPEG',
    mimeType: 'video/mpeg',
    aliases: ['video/mpg', 'video/x-mpeg', 'video/x-mpeg2', 'video/mpeg-system', 'video/x-mpeg-system', 'video/mp2p'],
    extensions: ['mpg', 'mpeg', 'mpe', 'm1v', 'm2v', 'vob'],
    family: 'mpeg',
    isPlayable: false,
  },
  {
    label: 'WMV',
    mimeType: 'video/x-ms-wmv',
    aliases: ['video/wmv', 'video/x-wmv'],
    extensions: ['wmv'],
    family: 'asf',
    isPlayable: false,
  },
  {
    label: 'ASF',
    mimeType: 'video/x-ms-asf',
    aliases: ['application/vnd.ms-asf', 'video/x-ms-asf-plugin'],
    extensions: ['asf'],
    family: 'asf',
    isPlayable: false,
  },
  {
    label: 'FLV',
    mimeType: 'video/x-flv',
    aliases: ['video/flv', 'application/x-flash-video'],
    extensions: ['flv'],
    family: 'flash',
    isPlayable: false,
  },
  {
    label: 'Ogg',
    mimeType: 'video/ogg',
    aliases: ['application/ogg', 'video/x-ogg', 'video/x-theora+ogg', 'video/x-ogm+ogg'],
    extensions: ['ogv', 'ogg', 'ogm'],
    family: 'ogg',
    isPlayable: false,
  },
  {
    label: 'MXF',
    mimeType: 'application/mxf',
    aliases: ['video/mxf', 'video/x-mxf'],
    extensions: ['mxf'],
    family: 'mxf',
    isPlayable: false,
  },
  {
    label: 'DV',
    mimeType: 'video/dv',
    aliases: ['video/x-dv'],
    extensions: ['dv', 'dif'],
    family: 'dv',
    isPlayable: false,
  },
];

/** The types that browsers play without encoding: what a `Validator` accepts by default. */
export const PLAYABLE_MIME_TYPES: readonly string[] = MEDIA_TYPES.filter((type) => type.isPlayable).map(
  (type) => type.mimeType,
);
