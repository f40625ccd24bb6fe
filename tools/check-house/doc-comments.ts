import { join, relative } from 'node:path';
import ts from 'typescript';
import { exportEntriesOf, sourceCondition } from '../workspace/export-entries.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { HouseProblem } from './house-problem.ts';

/**
 * Every export of every door, and every public or protected member of exported classes, interfaces and object types,
 * says in a doc comment what it promises. A member that overrides or implements a documented one inherits its comment.
 */
export function checkDocComments(root: string, packages: readonly Workspace[]): readonly HouseProblem[] {
  const entries = packages.flatMap(({ folder, manifest }) =>
    exportEntriesOf(manifest).flatMap(({ source }) => (source === undefined ? [] : [join(root, folder, source)])),
  );
  const program = ts.createProgram(entries, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: [sourceCondition],
    lib: ['lib.es2023.d.ts'],
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
  });
  const checker = program.getTypeChecker();
  const problems = entries.flatMap((entry) => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    // A missing source is named by the check of the exports; an empty one is no module.
    return module === undefined
      ? []
      : checker.getExportsOfModule(module).flatMap((symbol) => undocumentedIn(root, checker, symbol));
  });
  return [...new Map(problems.map((problem) => [`${problem.where} ${problem.message}`, problem])).values()];
}

function undocumentedIn(root: string, checker: ts.TypeChecker, exported: ts.Symbol): readonly HouseProblem[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const members = membersOf(checker, symbol).map((member) => ({ name: `${exported.name}.${member.name}`, member }));
  return [{ name: exported.name, member: symbol }, ...members]
    .filter(({ member }) => !isDocumented(checker, member))
    .flatMap(({ name, member }) => {
      const place = placeOf(root, member);
      return place === undefined ? [] : [{ where: place, message: `${name} has no doc comment` }];
    });
}

/** Members of a class (static ones too), of an interface, of an object type, and of each object type in a union. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): readonly ts.Symbol[] {
  const { Class, Interface, TypeAlias } = ts.SymbolFlags;
  const ofInstance =
    symbol.flags & (Class | Interface | TypeAlias) ? checker.getDeclaredTypeOfSymbol(symbol) : undefined;
  const ofClass = symbol.flags & Class ? checker.getTypeOfSymbol(symbol) : undefined;
  const types = [ofInstance, ofClass].flatMap((type) => (type?.isUnion() ? type.types : type ? [type] : []));
  return [...new Set(types.flatMap((type) => checker.getPropertiesOfType(type)))].filter(isOfInterest);
}

function isOfInterest(member: ts.Symbol): boolean {
  return (member.declarations ?? []).some((declaration) => {
    const name = ts.getNameOfDeclaration(declaration);
    const isPrivate = ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private;
    return !isPrivate && !(name !== undefined && ts.isPrivateIdentifier(name));
  });
}

function isDocumented(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  return text !== '' || symbol.getJsDocTags(checker).some(({ name }) => !/^inheritdoc$/i.test(name));
}

/** `file:line` of the declaration when it is in one of our packages, else undefined. */
function placeOf(root: string, symbol: ts.Symbol): string | undefined {
  for (const declaration of symbol.declarations ?? []) {
    const file = declaration.getSourceFile();
    const path = relative(root, file.fileName);
    if (!/^packages\/[^/]+\/src\//.test(path)) continue;
    return `${path}:${file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1}`;
  }
  return undefined;
}
