import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { HttpWorld } from '../test-support/http-world.ts';
import { openapiDocument } from './openapi-document.ts';
import { ROUTE_ENTRIES } from './route-table.ts';

test('the document is OpenAPI 3.1, whatever the base path', async () => {
  for (const basePath of ['/api/video', '']) {
    const validator = new Validator();
    const result = await validator.validate({ ...openapiDocument(basePath) });
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  }
  const broken = { ...openapiDocument('/x'), paths: { '/x': { get: { responses: 7 } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('GET /openapi.json is that document', async () => {
  const answer = await new HttpWorld().ask('GET', '/openapi.json', undefined, { 'x-user': '' });
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(openapiDocument('/api/video'))));
});

test('it has every route and each schema that a route names, and no other schema', () => {
  const document = JSON.stringify(openapiDocument('/api/video'));
  for (const [name] of ROUTE_ENTRIES) expect(document).toContain(`"operationId":"${name}"`);
  const { components } = JSON.parse(document) as { components: { schemas: Record<string, object> } };
  const named = new Set([...document.matchAll(/#\/components\/schemas\/(\w{1,64})/g)].map(([, name]) => name));
  for (const name of named) expect(components.schemas).toHaveProperty(String(name));
  expect(document).not.toContain('"$id"');
});

test('bodies are as strict in the document as in the code', () => {
  const document = JSON.parse(JSON.stringify(openapiDocument('/x'))) as {
    components: { schemas: Record<string, { additionalProperties?: boolean; required?: string[] }> };
  };
  const { schemas } = document.components;
  expect(schemas['UploadRequestBody']).toMatchObject({
    additionalProperties: false,
    required: ['fileName', 'sizeBytes', 'mimeType'],
  });
  expect(schemas['ConfirmUploadBody']?.required).toBeUndefined();
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, object>>;
}

test.each(ROUTE_ENTRIES)(
  '%s names its parameters, whether it needs a body, and each status of its answers',
  (name, route) => {
    const { paths }: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> } = JSON.parse(
      JSON.stringify(openapiDocument('/x')),
    );
    const operation = paths[route.path]?.[route.method.toLowerCase()] ?? expect.unreachable();
    const names = (operation.parameters ?? []).map(
      (parameter) => `${parameter.in} ${parameter.name} ${parameter.required}`,
    );
    expect(names).toEqual([
      ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, part]) => `path ${part} true`),
      ...(route.query ?? []).map((part) => `query ${part} false`),
      ...(name === 'getUploadUrl' ? ['header Idempotency-Key false'] : []),
    ]);
    expect([operation.operationId, operation.requestBody?.required]).toEqual([name, route.body?.required]);
    const statuses = [...Object.keys(route.answers), ...route.refusals.map(String), '500'];
    expect(Object.keys(operation.responses).sort()).toEqual(statuses.sort());
  },
);

test('the document names its server, and of an operation the types of its parameters, its schemas and its answers', () => {
  const { info, servers, paths } = JSON.parse(JSON.stringify(openapiDocument('/api/video')));
  const license = { name: 'MIT', identifier: 'MIT' };
  expect(info).toEqual({ title: 'VideoStorage', version: '1.0.0', license });
  expect(servers).toEqual([{ url: '/api/video' }]);
  expect(openapiDocument('')).toMatchObject({ servers: [{ url: '/' }] });
  const content = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
  const video = { in: 'path', required: true, schema: { type: 'string' } };
  const { getPlaybackUrl, deleteVideo, listVideos, health } = byOperation(paths);
  expect(getPlaybackUrl).toMatchObject({
    parameters: [video],
    requestBody: { required: false, content: content('PlaybackBody') },
    responses: {
      200: { description: 'Playback', content: content('Playback') },
      404: { description: 'Refused.', content: content('ErrorBody') },
    },
  });
  expect(listVideos?.parameters).toContainEqual({
    name: 'limit',
    in: 'query',
    required: false,
    schema: { type: 'string' },
  });
  expect(deleteVideo?.responses).toMatchObject({ 204: { description: 'Done.' } });
  expect(health).not.toHaveProperty('parameters');
});

function byOperation(paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>): Record<string, Operation> {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return Object.fromEntries(operations.map((operation) => [operation.operationId, operation]));
}
