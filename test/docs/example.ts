/** How a block of a document is run. */
export type Way =
  | 'module' // TypeScript that is loaded, and what it has becomes part of an application
  | 'program' // TypeScript that starts an application itself, as a process of its own
  | 'tests' // TypeScript with tests, which are run
  | 'page code'
  | 'script' // JavaScript for Node, as a process of its own
  | 'page'
  | 'commands'
  | 'JSON'
  | 'YAML'
  | 'Python'
  | 'configuration of Jest'
  | 'configuration of nginx'
  | 'configuration of Caddy'
  | 'output' // what a command or the log prints
  | 'not at all'; // for a reason, see cannot-run.ts

/** A method that nothing else would call, and what it wants: the names of its parameters, or else their types. */
export interface MethodCall {
  readonly className: string;
  readonly method: string;
  readonly parameters: readonly string[];
}

/** A block of a document, made ready to be run. */
export interface Example {
  readonly document: string;
  readonly line: number;
  readonly way: Way;
  readonly code: string;
  /** Its path in a comment on the first line, if there is one. */
  readonly name?: string;
  /** The compiled module. */
  readonly path?: string;
  /** Whether it belongs to an application that another block starts. */
  readonly isPart: boolean;
  /** Whether it uses the running application of the surroundings. */
  readonly onStage: boolean;
  readonly calls: readonly MethodCall[];
  /** The compiled modules of the same document whose application page code and commands run against. */
  readonly application: readonly string[];
}
