/**
 * Makes one classic script of the ES modules that a browser file imports, for pages that are a single file: the types
 * taken out by TypeScript, then the modules one after the other, each after those it imports and in a function of its
 * own that returns what it exports. That is all that linking takes as long as every exported name is used once and
 * nothing is renamed, so all else is refused.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import ts from 'typescript';

interface Linking {
  /** By file, in the order in which they must run. */
  readonly modules: Map<string, string>;
  /** The file of each exported name. */
  readonly exporters: Map<string, string>;
}

export function linkBrowserScript(entry: string): string {
  const linking: Linking = { modules: new Map(), exporters: new Map() };
  visit(resolve(entry), linking, []);
  const script = `(() => {\n'use strict';\n${[...linking.modules.values()].join('')}})();\n`;
  // Either would end or hide the script within its HTML.
  if (/<\/script|<!--/i.test(script)) throw new Error('the script contains what ends a script element');
  return script;
}

function visit(file: string, linking: Linking, path: readonly string[]): void {
  if (path.includes(file)) throw new Error(`modules import each other: ${[...path, file].join(' → ')}`);
  if (linking.modules.has(file)) return;
  const source = ts.createSourceFile(file, transpile(file), ts.ScriptTarget.ES2023, true);
  const exported: string[] = [];
  const pieces: string[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      visit(importedFile(statement, file), linking, [...path, file]);
      continue;
    }
    const text = withoutExport(statement);
    if (text !== statement.getText()) exported.push(...declaredNames(statement));
    pieces.push(text);
  }
  for (const name of exported) {
    const other = linking.exporters.get(name);
    if (other !== undefined) throw new Error(`${name} is exported by ${other} and by ${file}`);
    linking.exporters.set(name, file);
  }
  linking.modules.set(file, wrap(pieces, exported));
}

function wrap(pieces: readonly string[], exported: readonly string[]): string {
  const code = pieces.map((piece) => `${piece}\n`).join('');
  if (exported.length === 0) return code.trim() === '' ? '' : `(() => {\n${code}})();\n`;
  const names = exported.join(', ');
  return `const { ${names} } = (() => {\n${code}return { ${names} };\n})();\n`;
}

function transpile(file: string): string {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  });
  return outputText;
}

function importedFile(statement: ts.ImportDeclaration, importer: string): string {
  const where = `${relative(process.cwd(), importer)}: ${statement.getText()}`;
  const bindings = statement.importClause?.namedBindings;
  const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
  const isPlain =
    statement.importClause?.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every(({ propertyName }) => propertyName === undefined);
  if (!isPlain || !specifier.startsWith('.')) throw new Error(`cannot link ${where}`);
  return resolve(dirname(importer), specifier);
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return statement.name === undefined ? [] : [statement.name.text];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map(({ name }) => {
    if (!ts.isIdentifier(name)) throw new Error(`cannot link ${statement.getText()}`);
    return name.text;
  });
}

/** As it is, if it exports nothing. */
function withoutExport(statement: ts.Statement): string {
  const text = statement.getText();
  if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) {
    // What remains of a module of types only.
    if (text === 'export {};') return '';
    throw new Error(`cannot link ${text}`);
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) throw new Error(`cannot link ${text}`);
  const exportKeyword = modifiers.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return exportKeyword === undefined ? text : text.slice(exportKeyword.end - statement.getStart()).trimStart();
}
