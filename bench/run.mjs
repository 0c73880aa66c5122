// Runs a benchmark by its name: `npm run bench -- report`. Each is a file of this folder, bundled and run as it stands.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = import.meta.dirname;
const names = (await readdir(here)).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3));
const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? asked : names;
for (const name of wanted) {
  if (!names.includes(name)) {
    process.stderr.write(`bench: no ${name}; there are ${names.join(', ')}\n`);
    process.exit(2);
  }
  const folder = await mkdtemp(join(tmpdir(), 'coldflame-bench-'));
  const outfile = join(here, `.${name}.bundle.mjs`);
  await build({
    entryPoints: [join(here, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  try {
    await (await import(pathToFileURL(outfile).href)).default(folder);
  } finally {
    await rm(outfile, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}
