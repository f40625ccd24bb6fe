import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression of the source. */
export interface Expression {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** The source files of a folder, without tests and benches. */
export function sourceFilesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !/\.(?:test|test-d|bench)\.ts$/.test(name))
    .map((name) => join(folder, name));
}

/** Every regular expression literal of a file, as the TypeScript compiler parses it. */
export function expressionsOf(path: string): Expression[] {
  const found: Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const file = path.split('/').slice(-2).join('/');
      found.push({ file, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}
