// Builds dist/: the command line as one file that starts fast, and what it carries (the report's browser code).
// Generated modules go to src/generated, so that tests and types see the same thing as the bundle.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

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

await build({
  entryPoints: { coldflame: 'src/cli.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['sharp'],
  legalComments: 'linked',
  banner: {
    js: [
      '#!/usr/bin/env node',
      // CommonJS packages inside an ES module bundle still ask for require.
      "import { createRequire as coldflameRequire } from 'node:module';",
      'const require = coldflameRequire(import.meta.url);',
    ].join('\n'),
  },
  logLevel: 'warning',
});
await chmod('dist/coldflame.js', 0o755);
