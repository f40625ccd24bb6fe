import { type InputFormat, MATROSKA, MP4, MPEG_TS, QTFF, WEBM } from 'mediabunny';

/**
 * Containers that the emulator parses in uploads. Playlists are left out on purpose: they name other files, and an upload must
 * not make the emulator open those. The service's older containers (AVI, FLV, MXF, …) cannot be read here: `ERR_NON_VIDEO`.
 */
export const CONTAINER_FORMATS: InputFormat[] = [MP4, QTFF, MATROSKA, WEBM, MPEG_TS];
