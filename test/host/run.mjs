// Runs host.ts, bundled: `npm run host -- [SUITE] [TOOL…]`.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const outfile = join(import.meta.dirname, '.host.bundle.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'host.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { default: host } = await import(pathToFileURL(outfile).href);
  process.exitCode = await host(process.argv.slice(2));
} finally {
  await rm(outfile, { force: true });
}
