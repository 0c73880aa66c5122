/** Modules of the project in one process, as CommonJS: one of them can be changed, and only what imports it is loaded again. */
import { readFileSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';
import { transformSync } from 'esbuild';

// require("../signals/index.ts")
const REQUIRED = /\brequire\("(\.[^"]+)"\)/g;

/** What stands before a module's text in its script. */
export const WRAPPER = '(function (module, exports, require, __dirname) {';

export class Modules {
  /** By path: the JavaScript, its map, what it imports. */
  #sources = new Map();
  #loaded = new Map();
  #changed = null;

  /** @param given modules that stand in for packages, by name */
  constructor(given) {
    this.given = given;
  }

  /** The JavaScript of a module, and the line of its own text that a place in it comes from. */
  source(path) {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    const { code, map } = transformSync(readFileSync(path, 'utf8'), {
      loader: path.endsWith('.json') ? 'json' : 'ts',
      format: 'cjs',
      target: 'node20',
      supported: { 'dynamic-import': false },
      define: { 'import.meta.dirname': '__dirname' },
      sourcemap: 'external',
      sourcefile: path,
    });
    const imports = [...code.matchAll(REQUIRED)].map(([, name]) => resolve(dirname(path), name));
    const lineOf = (at) => {
      const before = code.slice(0, at).split('\n');
      return new SourceMap(JSON.parse(map)).findEntry(before.length - 1, before.at(-1).length).originalLine + 1;
    };
    const made = { code, imports, lineOf };
    this.#sources.set(path, made);
    return made;
  }

  load(path) {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#loaded.set(path, module);
    const { code } = this.source(path);
    const real = createRequire(path);
    const required = (name) => {
      if (name.startsWith('.')) return this.load(resolve(dirname(path), name));
      return Object.hasOwn(this.given, name) ? this.given[name] : real(name);
    };
    const text = this.#changed?.path === path ? this.#changed.code : code;
    // As a script, for V8 tells which of its places ran.
    new Script(`${WRAPPER}${text}\n})`, { filename: path }).runInThisContext()(
      module,
      module.exports,
      required,
      dirname(path),
    );
    return module.exports;
  }

  /** Loads a module in other words from now on, or as it is. */
  change(path, code) {
    this.#changed = code === null ? null : { path, code };
    for (const each of this.#importersOf(path)) this.#loaded.delete(each);
  }

  /** The module and all that import it, through others too. */
  #importersOf(path) {
    const all = new Set([path]);
    const importers = new Map();
    for (const [each, { imports }] of this.#sources)
      for (const one of imports) importers.set(one, [...(importers.get(one) ?? []), each]);
    for (const one of all) for (const each of importers.get(one) ?? []) all.add(each);
    return all;
  }
}
