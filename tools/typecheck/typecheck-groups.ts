import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Projects with the same settings, to be checked as one program. */
export interface TypecheckGroup {
  /** Their tsconfig files, relative to the root. */
  readonly projects: readonly string[];
  /** What their tsconfig files include, as absolute paths. */
  readonly files: readonly string[];
}

/** All `tsconfig*.json` of packages, examples and tools, grouped by their settings. @throws {Error} for one that cannot be read */
export function typecheckGroups(root: string): readonly TypecheckGroup[] {
  const projects = globSync(['{packages,examples}/*/tsconfig*.json', 'tools/tsconfig.json'], { cwd: root })
    .sort()
    .map((project) => ({ project, ...parse(join(root, project)) }));
  return [...Map.groupBy(projects, ({ options }) => keyOf(options)).values()].map((group) => ({
    projects: group.map(({ project }) => project),
    files: [...new Set(group.flatMap(({ fileNames }) => fileNames))],
  }));
}

function parse(file: string): ts.ParsedCommandLine {
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config ?? {}, ts.sys, dirname(file), undefined, file);
  const [problem] = error ? [error] : parsed.errors;
  if (problem !== undefined) throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`);
  return parsed;
}

/** Without the path of the file itself, which no two projects share. */
function keyOf({ configFilePath: _, ...settings }: ts.CompilerOptions): string {
  return JSON.stringify(Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1)));
}
