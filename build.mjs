// Builds dist/: the command line as one file that starts fast, and what it carries (the report's browser code).
// Generated modules go to src/generated, so that tests and types see the same thing as the bundle.
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';
import { build, transform } from 'esbuild';

/**
 * yargs by its entry for browsers, which reads neither locales nor settings from disk and takes a third of the time to load.
 * It names what it depends on by addresses on the web: they come from node_modules. Its layout of help, which we do not
 * print, stays out.
 */
const lightYargs = {
  name: 'light-yargs',
  setup(bundle) {
    const as = (name) => (asked) => bundle.resolve(name, { kind: 'import-statement', resolveDir: asked.resolveDir });
    bundle.onResolve({ filter: /^yargs$/ }, as('yargs/browser'));
    bundle.onResolve({ filter: /^https:\/\/unpkg\.com\/yargs-parser@/ }, as('yargs-parser/browser'));
    bundle.onResolve({ filter: /^https:\/\/unpkg\.com\/cliui@/ }, () => ({ path: 'cliui', namespace: 'left-out' }));
    bundle.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'export default undefined;' }));
  },
};

/** What a package asks for as import.meta.url. */
const MODULE_URL = "const moduleUrl = require('node:url').pathToFileURL(__filename).href;";

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await mkdir('src/generated', { recursive: true });
await rm('dist', { recursive: true, force: true });

await writeFile('src/generated/version.ts', `export const version = ${JSON.stringify(version)};\n`);

// The parts of the collector's script, in the order of their names.
const scripts = (await readdir('src/collectors/script')).sort();
const parts = await Promise.all(scripts.map((name) => readFile(`src/collectors/script/${name}`, 'utf8')));
await writeFile(
  'src/generated/collect-script.ts',
  `export const scriptParts: readonly string[] = ${JSON.stringify(parts)};\n`,
);

// What makes a flame graph file react, carried in each of them.
const flame = await build({
  entryPoints: ['src/render/flame/client/main.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  metafile: true,
  charset: 'utf8',
  logLevel: 'warning',
});
await writeFile(
  'src/generated/flame-script.ts',
  `export const flameScript = ${JSON.stringify(flame.outputFiles[0].text)};\n`,
);

// The font of the PNGs, so that they are legible on machines that have none.
await mkdir('dist/fonts', { recursive: true });
await copyFile('node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf', 'dist/fonts/DejaVuSans.ttf');
await copyFile('node_modules/dejavu-fonts-ttf/LICENSE', 'dist/fonts/LICENSE');

// The pages' browser code and style, and their hashes for the Content-Security-Policy: the report's, and the comparison's.
const pages = [];
await writeFile('src/generated/report-client.ts', await clientModule('src/render/report/client/main.ts'));
await writeFile('src/generated/diff-client.ts', await clientModule('src/render/report/client/diff-main.ts'));

// Memory that threads share has a largest size: all that there may be.
const SHARED = ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'];

// The demangler of C++ and Rust, as its package has it.
const demangler = await readFile('node_modules/gecko-profiler-demangle/index_bg.wasm', 'base64');
await writeFile(
  'src/generated/demangle-wasm.ts',
  `/** gecko-profiler-demangle/index_bg.wasm. */\nexport const wasm = '${demangler}';\n`,
);

// The inner loops of folding: reading stacks, putting symbols in order, and writing stacks in order.
await writeFile('src/generated/fold-wasm.ts', await wasmModule('src/parsers/fold/assembly/index.ts', SHARED));
await writeFile('src/generated/symbols-wasm.ts', await wasmModule('src/symbols/assembly/index.ts'));
await writeFile('src/generated/folded-wasm.ts', await wasmModule('src/exports/assembly/folded.ts'));

// esbuild cuts into parts only what is ES modules, and CommonJS is read at once, where Node's loader of ES modules waits for
// each file: 8 ms of each run. So the parts are made as the one and written as the other.
const bundle = await build({
  entryPoints: {
    cli: 'src/cli.ts',
    'part-worker': 'src/commands/part-worker.ts',
    'fleet-worker': 'src/commands/fleet-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['sharp'],
  plugins: [lightYargs],
  metafile: true,
  legalComments: 'linked',
  logLevel: 'warning',
});
for (const { path, text } of bundle.outputFiles)
  await writeFile(path, path.endsWith('.js') ? await commonJs(text) : text);
await writeFile('dist/LICENSES.txt', await licenses([bundle, flame, ...pages]));
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
await copyFile('src/start.cjs', 'dist/coldflame.js');
await chmod('dist/coldflame.js', 0o755);

// The man pages, by the command table that help is made from.
await build({
  stdin: {
    contents: `export { allVerbs } from './src/commands/index.ts'; export { manPages } from './src/cli/man.ts';`,
    resolveDir: '.',
  },
  outfile: 'dist/man/pages.mjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['sharp'],
  plugins: [lightYargs],
  logLevel: 'warning',
});
const { allVerbs, manPages } = await import('./dist/man/pages.mjs');
for (const [name, page] of manPages(await allVerbs(), version)) await writeFile(`dist/man/${name}.1`, page);
await rm('dist/man/pages.mjs');

/**
 * An ES module as CommonJS: what it imports of other parts is required, when it asks for it. Between parts names are bound
 * once: esbuild's own getters, called at each use, cost a tenth of a run. No part requires another in a circle, and nothing
 * that is exported is assigned again.
 */
async function commonJs(source) {
  const named = (names, as) => names.replace(/([\w$]+) as ([\w$]+)/g, as);
  const bound = source
    .replace(
      /^import \{([^}]*)\} from ("\.\/[^"]+");$/gm,
      (_, names, part) => `const {${named(names, '$1: $2')}} = require(${part});`,
    )
    .replace(/^export \{([^}]*)\};$/m, (_, names) => `module.exports = { __esModule: true,${named(names, '$2: $1')}};`);
  const { code } = await transform(bound, {
    loader: 'ts',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'moduleUrl' },
    // Strip the ESM markers.
    banner: `'use strict';${source.includes('import.meta.url') ? MODULE_URL : ''}`,
    logLevel: 'warning',
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
  });
  return code;
}

/** The script and the style of a page, as the source of a module that holds them. */
async function clientModule(entry) {
  const made = await build({
    entryPoints: { client: entry },
    metafile: true,
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    target: ['chrome109', 'firefox115', 'safari16.4'],
    format: 'iife',
    legalComments: 'eof',
    inject: ['src/render/report/client/shell/fixed-locale.ts'],
    alias: { 'd3-transition': './src/render/report/client/flame/d3/no-transition.ts' },
    logLevel: 'warning',
  });
  pages.push(made);
  const { outputFiles } = made;
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;
  const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
  const [script, style] = [textOf('.js'), textOf('.css')];
  return `export const client = ${JSON.stringify({ script, style, scriptHash: hashOf(script), styleHash: hashOf(style) })};\n`;
}

/** What is bundled of other packages, by the bundler's own account: name, version, licence, and its text. What is copied whole comes too. */
async function licenses(bundles) {
  const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  // node_modules/d3-selection/src/index.js, light-yargs:node_modules/@scope/name/index.js
  const named = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const names = [...new Set([...named, 'assemblyscript', 'dejavu-fonts-ttf', 'gecko-profiler-demangle'])].sort();
  const parts = await Promise.all(
    names.map(async (name) => {
      const { version, license, repository } = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8'));
      const files = (await readdir(`node_modules/${name}`)).filter((file) => /^licen[cs]e/i.test(file)).sort();
      const texts = await Promise.all(files.map((file) => readFile(`node_modules/${name}/${file}`, 'utf8')));
      return `${name} ${version}: ${typeof license === 'string' ? license : JSON.stringify(license)}\n\n${texts.join('\n').trim() || `(the package has no text of it: ${repository.url})`}\n`;
    }),
  );
  const rule = `\n${'-'.repeat(78)}\n\n`;
  return `What is bundled into dist/, and under which licence.\n${rule}${parts.join(rule)}`;
}

/** AssemblyScript compiled to WebAssembly, as the source of a module that holds it in base64. */
async function wasmModule(source, more = []) {
  const memory = ['--importMemory', '--memoryBase', '1024'];
  const flags = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', ...more];
  let binary;
  const messages = asc.createMemoryStream();
  const { error } = await asc.main([source, '--outFile', 'out.wasm', ...memory, ...flags], {
    stdout: messages,
    stderr: messages,
    writeFile: (_name, contents) => {
      binary = contents;
    },
  });
  if (error) throw new Error(`${source}: ${error.message}\n${messages}`);
  const base64 = Buffer.from(binary).toString('base64');
  return `/** ${source}, compiled. */\nexport const wasm = '${base64}';\n`;
}
