/** What a command gets and answers. */

/** 0 all is well, 1 a file has errors, 2 the command was used wrongly. */
export type ExitCode = 0 | 1 | 2;

/** Where a command reads and writes. */
export interface CommandContext {
  /** Folder of scenario files. */
  readonly scenariosFolder: string;
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

export interface Command {
  readonly usage: string;
  readonly description: string;
  readonly run: (parameters: readonly string[], context: CommandContext) => Promise<ExitCode>;
}
