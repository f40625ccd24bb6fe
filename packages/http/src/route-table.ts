/** Names of schemas in the OpenAPI document. */
export type SchemaName =
  | 'UploadRequestBody'
  | 'UploadTicket'
  | 'UploadState'
  | 'SignPartsBody'
  | 'SignPartsAnswer'
  | 'ConfirmUploadBody'
  | 'VideoMetadata'
  | 'VideoPage'
  | 'UpdateVideoBody'
  | 'Deleting'
  | 'PlaybackBody'
  | 'Playback'
  | 'ErrorBody'
  | 'HealthAnswer';

/** One route: the source for the router, `Allow` and the OpenAPI document. */
export interface RouteDescription {
  /** In upper case. */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the base path, with `{name}` for the variable part. */
  readonly path: string;
  /** A sentence for the document. */
  readonly summary: string;
  /** Schema of the body; absent = the route takes none. */
  readonly body?: { readonly schema: SchemaName; readonly required: boolean };
  /** Schema of each successful answer, by status; null = no body. */
  readonly answers: Readonly<Record<number, SchemaName | null>>;
  /** Statuses of its refusals, in addition to 500. */
  readonly refusals: readonly number[];
  /** Parameters of the query. */
  readonly query?: readonly string[];
  /** Whether the route needs an actor. Default true. */
  readonly session?: false;
}

const BODY_REFUSALS = [400, 408, 413, 415];
const STORAGE_REFUSALS = [502, 503, 504];

/** Names of the routes: those of the methods of `VideoService`, where there is one. */
export type RouteName =
  | 'getUploadUrl'
  | 'getUpload'
  | 'signParts'
  | 'confirmUpload'
  | 'abortUpload'
  | 'listVideos'
  | 'getVideo'
  | 'updateVideo'
  | 'deleteVideo'
  | 'getPlaybackUrl'
  | 'handleWebhook'
  | 'health'
  | 'openapi';

const ROUTES: Readonly<Record<RouteName, RouteDescription>> = {
  getUploadUrl: {
    ...{ method: 'POST', path: '/uploads', summary: 'Requests a ticket to upload one video.' },
    body: { schema: 'UploadRequestBody', required: true },
    answers: { 201: 'UploadTicket' },
    refusals: [...BODY_REFUSALS, 401, 403, 409, 410, 422, 429, ...STORAGE_REFUSALS],
  },
  getUpload: {
    ...{ method: 'GET', path: '/uploads/{uploadReference}', summary: 'The state of an upload, to continue it.' },
    answers: { 200: 'UploadState' },
    refusals: [401, 404, 410, ...STORAGE_REFUSALS],
  },
  signParts: {
    ...{ method: 'POST', path: '/uploads/{uploadReference}/parts', summary: 'Signs parts of a multipart upload.' },
    body: { schema: 'SignPartsBody', required: true },
    answers: { 200: 'SignPartsAnswer' },
    refusals: [...BODY_REFUSALS, 401, 403, 404, 409, 410, 422, ...STORAGE_REFUSALS],
  },
  confirmUpload: {
    ...{
      method: 'POST',
      path: '/uploads/{uploadReference}/confirm',
      summary: 'Confirms an upload and publishes its video.',
    },
    body: { schema: 'ConfirmUploadBody', required: false },
    answers: { 200: 'VideoMetadata' },
    refusals: [...BODY_REFUSALS, 401, 403, 404, 409, 410, 422, ...STORAGE_REFUSALS],
  },
  abortUpload: {
    ...{ method: 'DELETE', path: '/uploads/{uploadReference}', summary: 'Cancels an upload.' },
    answers: { 204: null },
    refusals: [401, 403, 404, ...STORAGE_REFUSALS],
  },
  listVideos: {
    ...{ method: 'GET', path: '/videos', summary: 'One page of videos, newest first.' },
    query: ['contextId', 'userId', 'status', 'limit', 'cursor'],
    answers: { 200: 'VideoPage' },
    refusals: [400, 401, 403, 422, 503],
  },
  getVideo: {
    ...{ method: 'GET', path: '/videos/{videoId}', summary: 'One video.' },
    answers: { 200: 'VideoMetadata' },
    refusals: [401, 404, 503],
  },
  updateVideo: {
    ...{
      method: 'PATCH',
      path: '/videos/{videoId}',
      summary: 'Changes the display name and the custom strings of a video.',
    },
    body: { schema: 'UpdateVideoBody', required: true },
    answers: { 200: 'VideoMetadata' },
    refusals: [...BODY_REFUSALS, 401, 403, 404, 409, 422, 503],
  },
  deleteVideo: {
    ...{
      method: 'DELETE',
      path: '/videos/{videoId}',
      summary: 'Deletes a video; 202 while a grant may still open it.',
    },
    answers: { 202: 'Deleting', 204: null },
    refusals: [401, 403, 404, ...STORAGE_REFUSALS],
  },
  getPlaybackUrl: {
    ...{ method: 'POST', path: '/videos/{videoId}/playback', summary: 'A grant to play one video.' },
    body: { schema: 'PlaybackBody', required: false },
    answers: { 200: 'Playback' },
    refusals: [...BODY_REFUSALS, 401, 403, 404, 409, 422, 429, ...STORAGE_REFUSALS],
  },
  handleWebhook: {
    ...{ method: 'POST', path: '/webhooks/{backendName}', summary: 'Receives signed webhooks of the provider.' },
    ...{ session: false, answers: { 200: null }, refusals: [400, 401, 404, 408, 413, ...STORAGE_REFUSALS] },
  },
  health: {
    ...{ method: 'GET', path: '/health', summary: 'Whether the process answers.' },
    ...{ session: false, answers: { 200: 'HealthAnswer' }, refusals: [] },
  },
  openapi: {
    ...{ method: 'GET', path: '/openapi.json', summary: 'This document.' },
    ...{ session: false, answers: { 200: null }, refusals: [] },
  },
};

/** Name and description of each, in order. */
export const ROUTE_ENTRIES: readonly (readonly [RouteName, RouteDescription])[] = Object.keys(ROUTES)
  .filter(isRouteName)
  .map((name) => [name, ROUTES[name]]);

function isRouteName(name: string): name is RouteName {
  return Object.hasOwn(ROUTES, name);
}
