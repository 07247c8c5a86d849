import { posix } from 'node:path';
import ts from 'typescript';
import { type MethodCall } from './example.js';
import { INJECTED, namesOf, PACKAGES, SURROUNDINGS } from './surroundings/names.js';

/** A module made of a block: what stands around the code is on one line before it and one behind it. */
export interface ExampleSource {
  readonly text: string;
  readonly calls: readonly MethodCall[];
  /** Whether it uses the running application of the surroundings. */
  readonly onStage: boolean;
}

/** What Nest and the library call by themselves. */
const CALLED_ANYWAY =
  /^(?:on(?:Module|Application)\w+|beforeApplicationShutdown|canActivate|intercept|catch|transform|use|createSseOptions)$/;
/** So is a hook, but nothing is given up in an example. */
const NEVER_CALLED = /^@OnSseDeadLetter/;

/**
 * Adds to a block what the document leaves out, since it would be in the way of the reader: imports, and where the block is
 * only a part of a class, the class. Everything is exported, so that it can be run.
 *
 * @param path of the module, from the folder of the examples
 */
export function sourceOf(code: string, path: string): ExampleSource {
  const [before, body, after] = completed(withAddresses(code));
  const source = parse(`${before}\n${body}\n${after}`);
  const declared = declarationsOf(source);
  const used = [...identifiersOf(source)].filter((name) => !declared.has(name));
  const fields = after === '' ? '' : fieldsOf(source);
  const first = `${importsOf([...used, ...fields.split(/\W+/)], path)} export {};${before.replace(FIELDS, fields)}`;
  const text = `${first}\n${exported(source, body, before)}\n${after}${exportsOf(source)}\n`;
  return { text, calls: callsOf(source), onStage: used.some((name) => namesOf('stage').has(name)) };
}

/** A Redis of the test's own, and the application on whatever port it has. */
function withAddresses(code: string): string {
  return code
    .replaceAll(/(['"])redis:\/\/localhost:6379\1/g, 'process.env.REDIS_URL!')
    .replaceAll(/'http:\/\/localhost:3000([^']*)'/g, '`${url}$1`');
}

/** Where the fields of a class around an example go. */
const FIELDS = '/* fields */';

/** The line before, the code, and the line behind. */
function completed(code: string): [string, string, string] {
  const inClass = (before: string, after: string): [string, string, string] => [
    ` @Controller() export class Fragment { ${FIELDS} ${before}`,
    code,
    `${after} }`,
  ];
  const { statements } = parse(code);
  const yields = statements.some(isYield);
  const returns = statements.some(hasReturn);
  const isBody = yields || returns || statements.some(hasThis);
  const whole: [string, string, string] = ['', code, ''];
  const handler = `@SseStream('events') async ${yields ? '*' : ''}events() {`;
  const shapes = [
    ...(isBody ? [] : [whole]),
    inClass('', ''),
    inClass('', `decorated() { return channels('news'); }`),
    inClass(yields || returns ? handler : 'async example() {', '}'),
  ];
  return shapes.find((parts) => isSyntax(parts.join('\n'))) ?? whole;
}

function isYield(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) && ts.isYieldExpression(node.expression);
}

function hasReturn(node: ts.Node): boolean {
  return ts.isReturnStatement(node) || (!isFunction(node) && (ts.forEachChild(node, hasReturn) ?? false));
}

/** The `this` of a class that is not shown. */
function hasThis(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return true;
  return (ts.isArrowFunction(node) || !isFunction(node)) && (ts.forEachChild(node, hasThis) ?? false);
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || ts.isClassLike(node);
}

function isSyntax(code: string): boolean {
  return ts.transpileModule(code, { reportDiagnostics: true, compilerOptions: SYNTAX }).diagnostics?.length === 0;
}

const SYNTAX: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
};

function parse(code: string): ts.SourceFile {
  return ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2023, true);
}

/** A method's `this.model` is what the surroundings call `model`, or what Nest injects. */
function fieldsOf(source: ts.SourceFile): string {
  const own = new Set<string>();
  const wanted = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword)
      wanted.add(node.name.text);
    if (ts.isClassElement(node) && node.name && ts.isIdentifier(node.name)) own.add(node.name.text);
    if (ts.isParameter(node) && ts.isIdentifier(node.name)) own.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...wanted]
    .filter((name) => !own.has(name))
    .map((name) => {
      const injected = INJECTED.get(name);
      if (injected !== undefined) return `@Inject(${injected}) readonly ${name}!: ${injected};`;
      return namesOf('readers-own').has(name) ? `readonly ${name} = ${name};` : '';
    })
    .join(' ');
}

function importsOf(used: readonly string[], path: string): string {
  const lines: string[] = [];
  const add = (from: string, known: ReadonlyMap<string, boolean>) => {
    const names = [...new Set(used)].filter((name) => known.has(name));
    const list = names.map((name) => (known.get(name) ? `type ${name}` : name)).join(', ');
    if (list !== '') lines.push(`import { ${list} } from '${from}';`);
  };
  const own = SURROUNDINGS.map((file) => [file, namesOf(file)] as const);
  for (const [file, names] of own)
    add(posix.join(posix.relative(posix.dirname(path), '../../surroundings'), `${file}.js`), names);
  for (const [name, names] of PACKAGES) add(name, names);
  return lines.join(' ');
}

/** Has what a call by itself returns exported too, such as the module of `SseModule.forRoot()`. */
function exported(source: ts.SourceFile, body: string, before: string): string {
  let text = body;
  const offset = before.length + 1;
  for (const statement of [...source.statements].reverse()) {
    if (!ts.isExpressionStatement(statement)) continue;
    const at = statement.getStart(source) - offset;
    const isWrong = /@ts-expect-error[^\n]*\n\s*$/.test(text.slice(0, at));
    // What the compiler is to refuse does not run.
    if (isWrong) text = `${text.slice(0, at)}process.env.NEVER && ${text.slice(at)}`;
    else if (ts.isCallExpression(statement.expression))
      text = `${text.slice(0, at)}export const returned${at} = ${text.slice(at)}`;
  }
  return text;
}

function exportsOf(source: ts.SourceFile): string {
  const names = source.statements.flatMap((statement) => {
    if (
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    )
      return [];
    if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) return [statement.name?.text ?? ''];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  });
  return names.length === 0 ? '' : ` export { ${names.join(', ')} };`;
}

/** What the block declares or imports for all of itself; in a class around it that is its own. */
function declarationsOf(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const add = (name: ts.Node | undefined): void => {
    if (!name) return;
    if (ts.isIdentifier(name)) names.add(name.text);
    else if (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name))
      for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
  };
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) statement.declarationList.declarations.forEach(({ name }) => add(name));
    else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      add(name);
      if (namedBindings && ts.isNamedImports(namedBindings)) namedBindings.elements.forEach((one) => add(one.name));
      else if (namedBindings) add(namedBindings.name);
    } else if (ts.isDeclarationStatement(statement)) add(statement.name);
  }
  return names;
}

/** Every name that could be that of something outside. */
function identifiersOf(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMember(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function isMember(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertySignature(parent)) &&
      parent.name === node)
  );
}

function callsOf(source: ts.SourceFile): MethodCall[] {
  return source.statements.filter(ts.isClassDeclaration).flatMap((one) =>
    one.members.filter(ts.isMethodDeclaration).flatMap((member) => {
      const method = member.name.getText(source);
      const decorators = ts.getDecorators(member)?.map((decorator) => decorator.getText(source)) ?? [];
      const isOurs = decorators.length === 0 || decorators.some((text) => NEVER_CALLED.test(text));
      const isHidden = ts.getModifiers(member)?.some(({ kind }) => HIDDEN.has(kind)) ?? false;
      if (!isOurs || isHidden || CALLED_ANYWAY.test(method)) return [];
      const parameters = member.parameters.map(({ name, type }) =>
        ts.isIdentifier(name) ? name.text : (type?.getText(source) ?? name.getText(source)),
      );
      return [{ className: one.name?.text ?? '', method, parameters }];
    }),
  );
}

const HIDDEN = new Set([ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.StaticKeyword]);
