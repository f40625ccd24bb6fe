import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './s3-error.ts';

/** One rule of a bucket's CORS configuration. */
export interface CorsRule {
  /** Origins, with at most one `*` in each. */
  readonly allowedOrigins: readonly string[];
  /** Allowed HTTP methods. */
  readonly allowedMethods: readonly string[];
  /** Request headers, with at most one `*` in each. */
  readonly allowedHeaders: readonly string[];
  /** Headers of an answer that scripts may read. */
  readonly exposeHeaders: readonly string[];
}

/** One rule that lets scripts of these origins upload and play; none without origins. */
export function openToScripts(allowedOrigins: readonly string[]): readonly CorsRule[] {
  if (allowedOrigins.length === 0) return [];
  const allowedMethods = ['GET', 'HEAD', 'PUT', 'POST'];
  const exposeHeaders = ['ETag', 'Location', 'x-amz-request-id', 'x-amz-id-2'];
  return [{ allowedOrigins, allowedMethods, allowedHeaders: ['*'], exposeHeaders }];
}

/** Answers a preflight. @throws {S3Error} 403 when no rule fits */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, rules: readonly CorsRule[]): void {
  const { origin } = request.headers;
  if (origin === undefined)
    throw new S3Error(400, 'BadRequest', 'Insufficient information. Origin request header needed.');
  const method = request.headers['access-control-request-method'];
  const wanted = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = rules.find(
    (one) =>
      matchesOrigin(one, origin) &&
      one.allowedMethods.includes(method ?? '') &&
      wanted.every((name) => one.allowedHeaders.some((allowed) => matchesWildcard(allowed.toLowerCase(), name))),
  );
  if (rule === undefined) throw new S3Error(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
  writeRule(response, rule, origin ?? '');
  if (wanted.length > 0) response.setHeader('Access-Control-Allow-Headers', wanted.join(', '));
  response.setHeader('Access-Control-Max-Age', '3000');
  response.writeHead(200).end();
}

/** Adds the headers of the rule that fits a request; without such a rule the browser hides the answer from scripts. */
export function addCorsHeaders(request: IncomingMessage, response: ServerResponse, rules: readonly CorsRule[]): void {
  const { origin } = request.headers;
  const rule = rules.find((one) => matchesOrigin(one, origin) && one.allowedMethods.includes(request.method ?? ''));
  if (rule !== undefined) writeRule(response, rule, origin ?? '');
}

function writeRule(response: ServerResponse, rule: CorsRule, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', rule.allowedOrigins.includes('*') ? '*' : origin);
  response.setHeader('Access-Control-Allow-Methods', rule.allowedMethods.join(', '));
  if (rule.exposeHeaders.length > 0) response.setHeader('Access-Control-Expose-Headers', rule.exposeHeaders.join(', '));
  response.setHeader('Vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
}

function matchesOrigin(rule: CorsRule, origin: string | undefined): boolean {
  return origin !== undefined && rule.allowedOrigins.some((allowed) => matchesWildcard(allowed, origin));
}

function matchesWildcard(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
