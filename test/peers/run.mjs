// npm run peers: every sample's exports, read by the programs that they are for. These come from npm and PyPI into /var/tmp/coldflame-peers
// (COLDFLAME_PEERS names another folder), 800 MB; go and java are those that are installed. What cannot be had is named and left out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const place = process.env.COLDFLAME_PEERS ?? '/var/tmp/coldflame-peers';
const PYTHON = ['pyarrow', 'opentelemetry-proto', 'pyspark'];
// The Firefox Profiler's reader wants Node 24.
const NPM = ['@firefox-devtools/profiler-cli@0.10', '@paulirish/trace_engine@0.0.65', 'node@24'];

const run = (program, ...words) => spawnSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;

mkdirSync(place, { recursive: true });
const python = join(place, 'python/bin/python');
if (!existsSync(python)) run('python3', '-m', 'venv', join(place, 'python'));
for (const name of PYTHON) run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', name);
run('npm', 'install', '--prefix', place, '--no-audit', '--no-fund', '--silent', ...NPM);

const env = { ...process.env, COLDFLAME_PEERS: place };
const words = [
  'vitest',
  'run',
  '--project',
  'program',
  '--maxWorkers=1',
  '--testTimeout=3000000',
  '--hookTimeout=3000000',
];
process.exitCode = spawnSync('npx', [...words, 'test/peers'], { env, stdio: 'inherit' }).status ?? 1;
