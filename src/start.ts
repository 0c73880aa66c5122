#!/usr/bin/env node
/**
 * Starts the program. The parts of it lie beside this file, and beside them what V8 compiled of each when it was built:
 * to compile them anew takes a tenth of the time that a file of 30 MB takes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** V8 refuses what another version of it has compiled, or with other flags; another machine's it might take. */
const COMPILED = join('compiled', `${process.version}-${process.platform}-${process.arch}`);
const here = import.meta.dirname;

interface Part {
  exports: unknown;
}
type Run = (exports: unknown, require: (id: string) => unknown, module: Part, filename: string, folder: string) => void;

const parts = new Map<string, Part>();

/** What a part exports: a CommonJS module, run when it is asked for first. */
function load(name: string): unknown {
  const known = parts.get(name);
  if (known !== undefined) return known.exports;
  const part: Part = { exports: {} };
  parts.set(name, part);
  const filename = join(here, name);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`;
  // Called by its name alone: what V8 compiled would keep the place of the build, and show it in stack traces elsewhere.
  const run = new Script(source, { filename: name, cachedData: compiled(name) }).runInThisContext() as Run;
  run(part.exports, (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id)), part, filename, here);
  return part.exports;
}

function compiled(name: string): Buffer | undefined {
  try {
    return readFileSync(join(here, COMPILED, name));
  } catch {
    return undefined;
  }
}

load('cli.js');
