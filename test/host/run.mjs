// Runs a program of this folder, bundled: `npm run host -- [SUITE] [TOOL…]`, `npm run sick -- [SUITE] [ILLNESS…]`.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [program, ...words] = process.argv.slice(2);
const outfile = join(import.meta.dirname, `.${program}.bundle.mjs`);
await build({
  entryPoints: [join(import.meta.dirname, `${program}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { default: run } = await import(pathToFileURL(outfile).href);
  process.exitCode = await run(words);
} finally {
  await rm(outfile, { force: true });
}
