/** Names as they were written: C++ and Rust encode them for the linker. */

import * as library from 'gecko-profiler-demangle/index_bg.js';
import { wasm } from '../generated/demangle-wasm.ts';
import { withoutArguments } from './arguments.ts';

// _ZN4core3fmt5write17h0123456789abcdefE   _RNvCs1234_4main4main   ___Z3foov_block_invoke
const MANGLED = /^_{1,4}Z|^_R|^\?/;
/** Longer ones are not looked at: the time that a name takes grows faster than its length. */
const MAX_LENGTH = 8192;

let module: WebAssembly.Module | undefined;
let isReady = false;

/** What stands behind the name of a function of another file, where calls to it go through a table. */
const PLT = '@plt';

/** The name as its author wrote it, with its arguments; any other name as it is. */
export function demangled(name: string): string {
  if (!MANGLED.test(name) || name.length > MAX_LENGTH) return name;
  return name.endsWith(PLT) ? withoutArguments(plain(name.slice(0, -PLT.length))) + PLT : plain(name);
}

function plain(name: string): string {
  if (!isReady) prepare();
  try {
    const found = library.demangle_any(name);
    // What it cannot read comes back without its first underscore.
    return found === name.slice(1) ? name : inTheUsualWords(found, name);
  } catch {
    // It gave up in the middle of something: what it has in memory is of no use any more.
    isReady = false;
    return name;
  }
}

// {virtual override thunk({offset(-16)}, node::StreamBase::ReadStart())}
const THUNK = /^\{virtual override thunk\(\{[^}]*\}, (.*)\)\}$/;

/** Where the demangler's words are not those of binutils, which everybody knows: thunks, and empty packs (`Run<Phase, >`). */
function inTheUsualWords(name: string, mangled: string): string {
  const packed = name.includes(', >') ? name.replaceAll(', >', '>') : name;
  if (!packed.startsWith('{')) return packed;
  const [, target] = THUNK.exec(packed) ?? [];
  if (target === undefined) return packed;
  return `${mangled.startsWith('_ZTh') ? 'non-virtual' : 'virtual'} thunk to ${target}`;
}

function prepare(): void {
  module ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  const imports = { './index_bg.js': { __wbindgen_init_externref_table: library.__wbindgen_init_externref_table } };
  const exports = new WebAssembly.Instance(module, imports).exports as { __wbindgen_start(): void };
  library.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  isReady = true;
}
