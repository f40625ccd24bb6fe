export { createVideoRoutes, type VideoRoutes } from './create-video-routes.ts';
export { toErrorResponse } from './to-error-response.ts';
export type { RoutedService, VideoRoutesOptions } from './video-routes-options.ts';
