// npm run ways -- [chromium | firefox]: the main ways through the demo's report, in a browser, by mouse, keyboard and touch. Firefox is the
// one that is installed (`firefox-esr`; FIREFOX names another).
import { spawnSync } from 'node:child_process';

const env = { ...process.env, COLDFLAME_WAYS: process.argv[2] ?? 'chromium' };
const words = ['vitest', 'run', '--project', 'program', '--maxWorkers=1', '--testTimeout=300000', 'test/ways'];
process.exitCode = spawnSync('npx', words, { env, stdio: 'inherit' }).status ?? 1;
