/** What is known of the inputs before they are read: which files they are, and who may read them. */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { filesIn } from '../archive/folder.ts';
import { MAX_ENTRIES } from '../archive/tar.ts';
import { UserError, unreadable } from '../errors.ts';

export interface Inputs {
  /** Whether the file, by whatever name, is one of them. */
  has(file: Stats): boolean;
  /** The permissions that every one of them has. */
  mode: number;
  /** Who owns the first of them. */
  owner: { uid: number; gid: number } | null;
}

/**
 * @param paths files and folders; one that cannot be read beside others is told when they are read
 * @throws UserError where none of them can be: before anything is said of where the report would be
 */
export function inputsAt(paths: readonly string[]): Inputs {
  const faults = paths.map(faultAt);
  const [fault] = faults;
  if (typeof fault === 'string' && !faults.includes(null)) throw new UserError(fault);
  const files = paths.flatMap(filesAt);
  const ids = new Set(files.map(idOf));
  const [first] = files;
  return {
    has: (file) => ids.has(idOf(file)),
    // Who may not enter a folder reads no file in it.
    mode: files.reduce((mode, file) => mode & (file.isDirectory() ? withReading(file.mode) : file.mode), 0o777),
    owner: first === undefined ? null : { uid: first.uid, gid: first.gid },
  };
}

/** Why it cannot be read; null where it can, and for standard input. */
function faultAt(path: string): string | null {
  if (path === '-') return null;
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    if (/^https?:\/\//i.test(path))
      return `${path}: download it first, and name the file; coldflame opens no connections`;
    return `${path}: ${unreadable(error as NodeJS.ErrnoException)}`;
  }
}

/** The file, or a folder and all in it. */
function filesAt(path: string): Stats[] {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts?.isFile()) return [facts];
  return facts?.isDirectory() ? [facts, ...factsIn(path)] : [];
}

function factsIn(folder: string): Stats[] {
  const files: Stats[] = [];
  try {
    for (const path of filesIn(folder)) {
      // More are refused when they are read.
      if (files.length >= MAX_ENTRIES) break;
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts !== undefined) files.push(facts);
    }
  } catch {
    // Told when it is read.
  }
  return files;
}

/** A folder that others may enter lets them read. */
function withReading(mode: number): number {
  return mode | ((mode & 0o111) << 2) | 0o222;
}

function idOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}
