import ts from 'typescript';

/** The same example for a CommonJS file: its imports stay on top, the rest goes into an async function, for its `await`. */
export function commonJsForm(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  const textOf = (statements: readonly ts.Statement[]) => statements.map((one) => one.getFullText()).join('');
  const imports = textOf(file.statements.filter((statement) => ts.isImportDeclaration(statement)));
  const rest = textOf(file.statements.filter((statement) => !ts.isImportDeclaration(statement)));
  return `${imports}
async function main(): Promise<void> {${rest}
}
main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
`;
}
