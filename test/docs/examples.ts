import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { type CodeBlock, ROOT } from './markdown.js';
import { IMPORTS, PLACEHOLDERS } from './surroundings.js';

/** Ignored by git, ESLint and Prettier as every `dist` is. */
const OUTPUT = join(ROOT, 'test/docs/dist');
const SOURCES = join(OUTPUT, 'examples');
const BUILT = join(OUTPUT, 'built');

/** Where the examples with a name stand as the files that they name. */
export const EXAMPLE_APPLICATION = { folder: SOURCES, main: join(BUILT, 'src/main.js') };

/** The examples of all documents, written into one folder and compiled as one project. */
export class Examples {
  private readonly program: ts.Program;

  constructor(private readonly blocks: readonly CodeBlock[]) {
    rmSync(OUTPUT, { recursive: true, force: true });
    for (const block of blocks) write(pathOf(block), block.language === 'ts' ? moduleOf(block) : block.code);
    const placeholders = join(SOURCES, 'placeholders.d.ts');
    write(placeholders, PLACEHOLDERS);
    const files = blocks.filter(({ language }) => language === 'ts').map(pathOf);
    this.program = ts.createProgram([placeholders, ...files], compilerOptions());
  }

  /** What the compiler says about the examples of a document, with the lines of the document. */
  problemsOf(document: string): string[] {
    return this.blocks
      .filter(({ file, language }) => file === document && language === 'ts')
      .flatMap((block) => {
        const source = this.program.getSourceFile(pathOf(block));
        const diagnostics = [
          ...this.program.getSyntacticDiagnostics(source),
          ...this.program.getSemanticDiagnostics(source),
        ];
        return diagnostics.map((diagnostic) => describe(diagnostic, block));
      });
  }

  /** Compiles the examples that have a name into the {@link EXAMPLE_APPLICATION}. */
  build(): void {
    for (const block of this.blocks) {
      if (block.name && block.language === 'ts') this.program.emit(this.program.getSourceFile(pathOf(block)));
    }
  }
}

function pathOf({ file, line, name, language }: CodeBlock): string {
  return join(SOURCES, name ?? `${file.replace(/\W+/g, '-')}-${line}.${language}`);
}

/** A block that imports is a whole file. Any other gets imports, on one line more; methods get a class around them. */
function moduleOf({ code }: CodeBlock): string {
  if (isWhole(code)) return code;
  const areMethods = code.startsWith('@') && !/^(?:export )?class /m.test(code);
  if (!areMethods) return `${IMPORTS} export {};\n${code}`;
  return `${IMPORTS} export interface Fragment extends Surroundings {} @Controller() export class Fragment {\n${code}\n}`;
}

function isWhole(code: string): boolean {
  return /^import /m.test(code);
}

function describe({ messageText, start = 0, file }: ts.Diagnostic, block: CodeBlock): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line : 0;
  const added = isWhole(block.code) ? 0 : 1;
  return `${block.file}:${block.line + line - added}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

/** Those of the workspace, but against the library's package and not its source, as in a reader's application. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return {
    ...options,
    paths: {},
    noUnusedLocals: false,
    noUnusedParameters: false,
    rootDir: SOURCES,
    outDir: BUILT,
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
