/**
 * A fault that the person at the keyboard can fix: shown as its message alone, never with a stack trace.
 * The message says what is wrong, where, and what to do next, in one or two lines.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** 1: the input or the host could not give what was asked. 2: the command line was wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The input is empty. `draw` still makes a picture, one that says so. */
export class EmptyInput extends UserError {}

/** Why a file could not be read, in words where the system's code is a usual one. */
export function unreadable({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file or folder';
  if (code === 'EISDIR') return 'is a folder, not a file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be read (${code ?? message})`;
}

/** A call of the system that failed where nobody expected it: said in a sentence; null for a fault of ours. */
export function systemFault(error: unknown): UserError | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return null;
  const what = path === undefined ? 'a file or folder' : JSON.stringify(path);
  return new UserError(
    `${what}: the system refused (${syscall}: ${code}); see permissions, disk space and limits (ulimit -a)`,
  );
}
