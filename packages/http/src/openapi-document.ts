import { z } from 'zod';
import { ROUTE_ENTRIES, type RouteDescription, type SchemaName } from './route-table.ts';
import {
  deletingSchema,
  errorBodySchema,
  healthSchema,
  playbackSchema,
  signPartsAnswerSchema,
  uploadStateSchema,
  uploadTicketSchema,
  videoMetadataSchema,
  videoPageSchema,
} from './schemas/answer-schemas.ts';
import {
  confirmUploadSchema,
  playbackBodySchema,
  signPartsSchema,
  updateVideoSchema,
  uploadRequestSchema,
} from './schemas/request-schemas.ts';

const SCHEMAS: Readonly<Record<SchemaName, z.ZodType>> = {
  UploadRequestBody: uploadRequestSchema,
  UploadTicket: uploadTicketSchema,
  UploadState: uploadStateSchema,
  SignPartsBody: signPartsSchema,
  SignPartsAnswer: signPartsAnswerSchema,
  ConfirmUploadBody: confirmUploadSchema,
  VideoMetadata: videoMetadataSchema,
  VideoPage: videoPageSchema,
  UpdateVideoBody: updateVideoSchema,
  Deleting: deletingSchema,
  PlaybackBody: playbackBodySchema,
  Playback: playbackSchema,
  ErrorBody: errorBodySchema,
  HealthAnswer: healthSchema,
};

const IDEMPOTENCY_KEY = {
  ...{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 128 } },
  description: 'One for each file that a user chooses; repeating the request with it gives the same ticket.',
};

/** An OpenAPI 3.1 document of the routes, made from the schemas that requests are parsed with. */
export function openapiDocument(basePath: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, route] of ROUTE_ENTRIES) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = { operationId, ...describeRoute(route, operationId === 'getUploadUrl') };
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.1',
    info: { title: 'VideoStorage', version: '1.0.0', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: { schemas: componentSchemas() },
  };
}

function describeRoute(route: RouteDescription, takesKey: boolean): object {
  const { summary, body, answers, refusals, query = [] } = route;
  const inPath = [...route.path.matchAll(/\{(\w{1,64})\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const inQuery = query.map((name) => ({ name, in: 'query', required: false, schema: { type: 'string' } }));
  const responses = Object.fromEntries([
    ...Object.entries(answers).map(([status, schema]) => [status, describeAnswer(schema)]),
    ...[...refusals, 500].map((status) => [String(status), describeAnswer('ErrorBody')]),
  ]);
  const parameters = [...inPath, ...inQuery, ...(takesKey ? [IDEMPOTENCY_KEY] : [])];
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: body.required, content: jsonOf(body.schema) } }),
    responses,
  };
}

function describeAnswer(schema: SchemaName | null): object {
  if (schema === null) return { description: 'Done.' };
  return { description: schema === 'ErrorBody' ? 'Refused.' : schema, content: jsonOf(schema) };
}

function jsonOf(schema: SchemaName): object {
  return { 'application/json': { schema: { $ref: referenceTo(schema) } } };
}

function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function componentSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: referenceTo });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]): [string, object] => [name, schema]),
  );
}
