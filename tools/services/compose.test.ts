import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { workspaceRoot } from '../workspace/workspace-root.ts';

const textOf = (file: string) => readFileSync(join(workspaceRoot, file), 'utf8');
const settings = parseEnv(textOf('compose.env'));
const { services } = parse(textOf('compose.yaml')) as {
  readonly services: Readonly<
    Record<string, { readonly ports: readonly string[]; readonly environment?: Readonly<Record<string, string>> }>
  >;
};
const ports = Object.values(services).flatMap((service) => service.ports);

describe('the services of compose.yaml', () => {
  test('have every variable that the services of the full tests set', () => {
    const sources = globSync('tools/services/*.ts', { cwd: workspaceRoot }).filter((file) => !file.includes('.test.'));
    const announced = sources.flatMap((file) => [
      ...textOf(file).matchAll(/^ +(VIDEOSTORAGE_(?:TEST|S3)_\w+):|\{ (VIDEOSTORAGE_TEST_\w+):/gm),
    ]);
    const names = announced.map(([, alone, inline]) => alone ?? inline);
    expect(Object.keys(settings).toSorted()).toEqual([...new Set(names)].toSorted());
    expect(names.length).toBeGreaterThanOrEqual(7);
  });

  test('listen only on the loopback interface, at the ports of the settings', () => {
    const urls = Object.values(settings).flatMap((value = '') => (URL.canParse(value) ? [new URL(value)] : []));
    expect(urls.map(({ host }) => host).toSorted()).toEqual(
      ports.map((port) => port.split(':').slice(0, 2).join(':')).toSorted(),
    );
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  test('accept the passwords of the settings', () => {
    const given = Object.values(services).flatMap(({ environment = {} }) => Object.values(environment));
    const passwords = Object.values(settings).flatMap((value = '') =>
      URL.canParse(value) ? [new URL(value).password].filter((password) => password !== '') : [],
    );
    const keys = [settings['VIDEOSTORAGE_S3_ACCESS_KEY_ID'], settings['VIDEOSTORAGE_S3_SECRET_ACCESS_KEY']];
    expect(given).toEqual(expect.arrayContaining([...passwords, ...keys]));
  });
});
