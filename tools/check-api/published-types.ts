import ts from 'typescript';

/** Finds problems of api-extractor that are none: it does not support inherited comments or other entries of a package. */
export class PublishedTypes {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #files: readonly string[];

  /** @param files the built declarations of every entry */
  constructor(files: readonly string[], options: ts.CompilerOptions) {
    this.#program = ts.createProgram([...files], options);
    this.#checker = this.#program.getTypeChecker();
    this.#files = files;
  }

  /** Whether one of the files below this folder exports a name. */
  exports(folder: string, name: string): boolean {
    return this.#files
      .filter((file) => file.startsWith(`${folder}/`))
      .some((file) => this.#exportsOf(file).some((symbol) => symbol.name === name));
  }

  /** Whether a name is a constant of a type that the platform has: a base class such as `HTMLElement`, which Node lacks. */
  isOfPlatform(file: string, name: string): boolean {
    const source = this.#program.getSourceFile(file);
    const declarations = source?.statements
      .filter(ts.isVariableStatement)
      .flatMap((each) => each.declarationList.declarations);
    const constant = declarations?.find((each) => each.name.getText(source) === name);
    const places = constant && this.#checker.getTypeAtLocation(constant).symbol?.declarations;
    return places?.every((place) => this.#program.isSourceFileDefaultLibrary(place.getSourceFile())) ?? false;
  }

  /** Whether the member that is declared in a line has the comment of a member that it overrides or implements. */
  inheritsComment(file: string, line: number): boolean {
    const source = this.#program.getSourceFile(file);
    if (source === undefined) return false;
    const isThere = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 === line;
    const find = (node: ts.Node): ts.Node | undefined =>
      ts.isClassElement(node) && isThere(node) ? node : ts.forEachChild(node, find);
    const member = find(source);
    const name = member && ts.getNameOfDeclaration(member as ts.ClassElement);
    const symbol = name && this.#checker.getSymbolAtLocation(name);
    return symbol !== undefined && symbol.getDocumentationComment(this.#checker).length > 0;
  }

  #exportsOf(file: string): readonly ts.Symbol[] {
    const source = this.#program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    return module === undefined ? [] : this.#checker.getExportsOfModule(module);
  }
}
