import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
  type IConfigFile,
} from '@microsoft/api-extractor';
import type { ApiEntry } from './api-entries.ts';
import type { PublishedTypes } from './published-types.ts';

/** How declarations are read: as a consumer with a strict project in Node or a browser does. */
export const compilerOptions = {
  target: 'ES2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

/** The result of checking one entry. */
export interface ApiReport {
  /** True when the report in the repository differs or is missing; with `accept` it has been written. */
  readonly changed: boolean;
  /** What is wrong with the API itself, each with its place. */
  readonly problems: readonly string[];
}

/** Compares the API of an entry with the report in the repository; `accept` writes the report. */
export function reportApi(
  root: string,
  entry: ApiEntry,
  types: PublishedTypes,
  compilerState: CompilerState,
  accept: boolean,
): ApiReport {
  const problems: string[] = [];
  const messageCallback = (message: ExtractorMessage) => {
    message.handled = true;
    const isReported = message.logLevel === ExtractorLogLevel.Warning || message.logLevel === ExtractorLogLevel.Error;
    if (isReported && !message.messageId.startsWith('console-api-report') && !isFine(root, entry, types, message)) {
      problems.push(describe(root, message));
    }
  };
  for (const folder of foldersOf(root, entry)) mkdirSync(folder, { recursive: true });
  const { apiReportChanged } = Extractor.invoke(prepared(root, entry), {
    localBuild: accept,
    messageCallback,
    compilerState,
  });
  return { changed: apiReportChanged, problems };
}

/** Each entry, all compiled at once: most of the time is spent on the types of the platform, which they share. */
export function compiledEntries(
  root: string,
  entries: readonly ApiEntry[],
): readonly (readonly [entry: ApiEntry, compiled: CompilerState])[] {
  const [first, ...others] = entries;
  if (first === undefined) return [];
  const additionalEntryPoints = others.map(({ declarations }) => declarations);
  const compiled = CompilerState.create(prepared(root, first), { additionalEntryPoints });
  return entries.map((entry) => [entry, compiled]);
}

function prepared(root: string, entry: ApiEntry): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObject: configOf(root, entry),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, entry.folder, 'package.json'),
  });
}

function foldersOf(root: string, { folder }: ApiEntry): readonly [reports: string, temporary: string] {
  return [join(root, folder, 'api'), join(root, 'temp/api', folder)];
}

function configOf(root: string, entry: ApiEntry): IConfigFile {
  const [reportFolder, reportTempFolder] = foldersOf(root, entry);
  const asError = { default: { logLevel: ExtractorLogLevel.Error } };
  const none = { logLevel: ExtractorLogLevel.None };
  return {
    projectFolder: join(root, entry.folder),
    mainEntryPointFilePath: entry.declarations,
    newlineKind: 'lf',
    apiReport: { enabled: true, reportFolder, reportTempFolder, reportFileName: entry.reportName },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    compiler: { overrideTsconfig: { compilerOptions } },
    messages: {
      compilerMessageReporting: asError,
      extractorMessageReporting: { ...asError, 'ae-missing-release-tag': none },
      tsdocMessageReporting: {
        ...asError,
        // `@throws {X}`: TSDoc reserves braces for its own inline tags, editors show them as the type that is thrown.
        'tsdoc-escape-right-brace': none,
        'tsdoc-malformed-inline-tag': none,
        // `@inheritDoc`: with braces around it, editors would show the tag instead of the inherited comment.
        'tsdoc-inline-tag-missing-braces': none,
      },
    },
  };
}

function isFine(root: string, entry: ApiEntry, types: PublishedTypes, message: ExtractorMessage): boolean {
  const { messageId, text, sourceFilePath = '', sourceFileLine = 0 } = message;
  if (messageId === 'ae-undocumented') return types.inheritsComment(sourceFilePath, sourceFileLine);
  if (messageId !== 'ae-forgotten-export') return false;
  const name = /^The symbol "(?<name>[^"]+)"/.exec(text)?.groups?.['name'] ?? '';
  return types.exports(join(root, entry.folder), name) || types.isOfPlatform(sourceFilePath, name);
}

function describe(root: string, { messageId, text, sourceFilePath, sourceFileLine }: ExtractorMessage): string {
  const place = sourceFilePath === undefined ? '' : `${relative(root, sourceFilePath)}:${sourceFileLine ?? 0}: `;
  return `${place}${text} (${messageId})`;
}
