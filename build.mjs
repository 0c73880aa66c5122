// Builds dist/: the command line as one file that starts fast, and what it carries (the report's browser code).
// Generated modules go to src/generated, so that tests and types see the same thing as the bundle.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await mkdir('src/generated', { recursive: true });
await rm('dist', { recursive: true, force: true });

await writeFile('src/generated/version.ts', `export const version = ${JSON.stringify(version)};\n`);

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
