import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import ts from 'typescript';
import { type Example } from './example.js';
import { type ExampleSource, sourceOf } from './example-source.js';
import { BUILT, BUILT_EXAMPLES, OUTPUT, REPOSITORY, SOURCES } from './folders.js';
import { type CodeBlock } from './markdown.js';
import { APPLICATIONS } from './surroundings/terminal.js';
import { wayOf } from './ways.js';

const TESTS = join(REPOSITORY, 'test');
/** What runs the examples, and is loaded by those that are processes of their own. */
const STAGE = ['docs/stage/main.ts', 'docs/stage/report-port.ts', 'docs/stage/fresh-imports.ts', 'docs/stage/tests.ts'];
/** Lines of the file before the first line of the block. */
const ADDED = 1;

/** The process that runs the examples. */
export const STAGE_PROGRAM = join(BUILT, 'docs/stage/main.js');

/** The blocks of all documents, written into one folder and compiled as one project, with the program that runs them. */
export class Project {
  private readonly sources = new Map<CodeBlock, ExampleSource>();
  private readonly options = compilerOptions();
  private readonly program: ts.Program;

  constructor(private readonly blocks: readonly CodeBlock[]) {
    rmSync(OUTPUT, { recursive: true, force: true });
    for (const block of blocks) {
      if (block.language === 'ts') this.sources.set(block, sourceOf(block.code, fileOf(block)));
      const text = this.sources.get(block)?.text ?? block.code;
      if (isFile(block)) write(join(SOURCES, fileOf(block)), text);
    }
    const files = [...this.sources.keys()].map((block) => join(SOURCES, fileOf(block)));
    this.program = ts.createProgram(files, this.options);
  }

  /** Compiles everything. What an example imports from Jest it gets from the stage, which has no Jest. */
  build(): void {
    this.program.emit(undefined, (path, text) => {
      const tests = posix.relative(posix.dirname(path), join(BUILT, 'docs/stage/tests.js'));
      write(path, text.replaceAll(/(?<=from )'(?:@jest\/globals|vitest)'/g, `'${tests}'`));
    });
    const translated = new Set<string>();
    for (const path of STAGE) this.translate(join(TESTS, path), translated);
  }

  /** Without a look at its types, as `npm run typecheck` has one: those of Chromium's driver alone take a second. */
  private translate(path: string, translated: Set<string>): void {
    if (translated.has(path)) return;
    translated.add(path);
    const text = readFileSync(path, 'utf8');
    const compilerOptions = { ...this.options, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: path });
    write(join(BUILT, relative(TESTS, path)).replace(/\.ts$/, '.js'), outputText);
    for (const { fileName } of ts.preProcessFile(text).importedFiles)
      if (fileName.startsWith('.')) this.translate(join(dirname(path), fileName.replace(/\.js$/, '.ts')), translated);
  }

  /** What the compiler says about a block, with the lines of the document. */
  problemsOf(block: CodeBlock): string[] {
    if (!this.sources.has(block)) return [];
    const source = this.program.getSourceFile(join(SOURCES, fileOf(block)));
    const diagnostics = [
      ...this.program.getSyntacticDiagnostics(source),
      ...this.program.getSemanticDiagnostics(source),
    ];
    return diagnostics.map(({ messageText, start = 0, file }) => {
      const line = file ? file.getLineAndCharacterOfPosition(start).line : 0;
      return `${block.file}:${block.line + line - ADDED}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  }

  exampleOf(block: CodeBlock): Example {
    const { file: document, line, code, name } = block;
    const { onStage = false, calls = [] } = this.sources.get(block) ?? {};
    const application = this.applicationFor(block).flatMap((one) => this.builtOf(one) ?? []);
    const [path, isPart, way] = [this.builtOf(block), this.isPart(block), wayOf(block)];
    return { document, line, code, name, way, path, isPart, onStage, calls, application };
  }

  /** Whether an application's module imports it, itself or by others. */
  private isPart(block: CodeBlock): boolean {
    if (block.name === undefined || isApplication(block)) return false;
    return this.blocks.filter(isApplication).some((module) => this.reached(module).has(block));
  }

  private reached(from: CodeBlock, found = new Set<CodeBlock>()): Set<CodeBlock> {
    for (const [, path = ''] of from.code.matchAll(/from '(\.[^']+)\.js'/g)) {
      const name = `${posix.join(posix.dirname(from.name ?? ''), path)}.ts`;
      const block = this.blocks.find((one) => one.name === name);
      if (!block || found.has(block)) continue;
      found.add(block);
      this.reached(block, found);
    }
    return found;
  }

  /** The application of the block's own folder or document; without one, the routes that its document shows. */
  private applicationFor({ file, language, name = '' }: CodeBlock): CodeBlock[] {
    if (language === 'ts') return [];
    const wanted = APPLICATIONS[file];
    if (wanted !== undefined) return this.blocks.filter((block) => block.name === wanted);
    const modules = this.blocks.filter((block) => block.language === 'ts' && wayOf(block) === 'module');
    const own = modules.filter((block) => block.file === file);
    const folder = posix.dirname(posix.dirname(name));
    const named = modules.filter((block) => block.name === `${folder}/app.module.ts`);
    const declared = [
      ...named,
      ...own.filter(isApplication),
      ...own.filter(({ code }) => /^@Module\(/m.test(code) && hasRoutes(code)),
    ];
    if (declared[0]) return [declared[0]];
    return own.filter(({ code }) => hasRoutes(code));
  }

  private builtOf(block: CodeBlock): string | undefined {
    return this.sources.has(block) ? join(BUILT_EXAMPLES, fileOf(block).replace(/\.ts$/, '.js')) : undefined;
  }
}

function isApplication({ name }: CodeBlock): boolean {
  return name !== undefined && posix.basename(name) === 'app.module.ts';
}

function hasRoutes(code: string): boolean {
  return /^@Controller\(/m.test(code);
}

/** Its path below the folder of the examples. */
function fileOf({ file, line, name, language }: CodeBlock): string {
  return name ?? `${file.replace(/\W+/g, '-')}-${line}.${language}`;
}

function isFile({ language, name }: CodeBlock): boolean {
  return language === 'ts' || name !== undefined;
}

/** Those of the workspace, but against the library's package and not its source, as in a reader's application. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(REPOSITORY, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, REPOSITORY);
  return {
    ...options,
    paths: {},
    noUnusedLocals: false,
    noUnusedParameters: false,
    rootDir: TESTS,
    outDir: BUILT,
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
