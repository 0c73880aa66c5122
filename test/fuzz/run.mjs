// npm run fuzz -- [--minutes N | --inputs N] [--seed N] [--target NAME]: more of what `npm test` does a little of. Says what was tried and what was found.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    inputs: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string', default: '' },
  },
});
const env = {
  ...process.env,
  COLDFLAME_FUZZ_MINUTES: values.minutes,
  COLDFLAME_FUZZ_INPUTS: values.inputs,
  COLDFLAME_FUZZ_SEED: values.seed,
  COLDFLAME_FUZZ_TARGET: values.target,
};
const words = ['vitest', 'run', '--project', 'program', '--maxWorkers=1', '--silent=false', 'test/fuzz'];
process.exitCode = spawnSync('npx', words, { env, stdio: 'inherit' }).status ?? 1;
