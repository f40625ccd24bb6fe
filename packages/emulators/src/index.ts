export { CloudflareStreamEmulator } from './cloudflare-stream/cloudflare-stream-emulator.ts';
export type { CloudflareStreamEmulatorOptions } from './cloudflare-stream/emulator-options.ts';
export type { DeletionAnswer } from './cloudflare-stream/envelope.ts';
export type { ProcessingTimes } from './cloudflare-stream/processing.ts';
export type { RequestAllowance } from './cloudflare-stream/rate-limit.ts';
export type { KeyPair, NewSigningKey } from './cloudflare-stream/signing-keys.ts';
export type { ProcessingError, VideoSettings } from './cloudflare-stream/video.ts';
export type { WebhookDelivery, WebhookTrouble } from './cloudflare-stream/webhooks.ts';
export { CloudFrontEmulator, type CloudFrontEmulatorOptions } from './cloudfront/cloudfront-emulator.ts';
export type { S3OriginOptions } from './cloudfront/s3-origin.ts';
export type { CorsRule } from './s3/cors.ts';
export { S3Emulator, type S3EmulatorOptions } from './s3/s3-emulator.ts';
export type { StoreAbilities } from './s3/store-abilities.ts';
export {
  type EmulatorFault,
  type EndlessFault,
  type FaultAim,
  FaultScript,
  type PlainFault,
  type ResetFault,
  type SlowFault,
  type StatusFault,
} from './shared/fault-script.ts';
export { HttpFaultProxy } from './shared/http-fault-proxy.ts';
export { TcpFaultProxy } from './shared/tcp-fault-proxy.ts';
