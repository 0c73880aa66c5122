import { spawn } from 'node:child_process';
import type { Argv } from 'yargs';
import { chooseTools } from '../collectors/choose.ts';
import { collectScript, type Scope, type ScriptOptions } from '../collectors/script.ts';
import { tools } from '../tools/index.ts';

export const command = 'collect [words..]';
export const describe = 'run the tools on this host, or another, and write capture.tar';

export function builder(yargs: Argv) {
  return yargs
    .option('set', { type: 'string', array: true, describe: 'what to collect (default: 60s and cpu)' })
    .option('tool', { type: 'string', array: true, describe: 'these tools' })
    .option('skip', { type: 'string', array: true, describe: 'not these tools' })
    .option('for', { type: 'number', default: 30, describe: 'seconds' })
    .option('o', { alias: 'output', type: 'string', default: 'capture.tar', describe: 'the archive' })
    .option('plan', { type: 'boolean', default: false, describe: 'only say what would run on this host' })
    .option('script', { type: 'boolean', default: false, describe: 'print the POSIX sh script that collects' })
    .option('pid', { type: 'string' })
    .option('F', { type: 'number', default: 99, describe: 'samples a second' })
    .option('max-load', { type: 'number', default: 0 })
    .option('min-free', { type: 'number', default: 512 })
    .option('keep-perf-data', { type: 'boolean', default: false })
    .option('quiet', { type: 'boolean', default: false });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler(options: Options): Promise<void> {
  const chosen = chooseTools(tools, {
    sets: options.set ?? (options.tool ? [] : ['60s', 'cpu']),
    tools: options.tool ?? [],
    skip: options.skip ?? [],
  });
  const scope: Scope = options.pid ? { target: 'pid', pid: options.pid } : { target: 'host' };
  const script: ScriptOptions = {
    seconds: options.for,
    hz: options.F,
    output: options.o,
    scope,
    maxLoad: options.maxLoad,
    minFree: options.minFree,
    keepPerfData: options.keepPerfData,
    progress: options.quiet ? 'quiet' : 'auto',
    plan: options.plan,
    lifeline: !options.script,
  };
  const text = collectScript(chosen, script);
  if (options.script) {
    process.stdout.write(text);
    return;
  }
  await run('/bin/sh', ['-s'], text);
}

async function run(command: string, words: string[], script: string): Promise<void> {
  const child = spawn(command, words, { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.write(script);
  const ignore = () => {};
  process.on('SIGINT', ignore);
  process.exitCode = await new Promise((done) => child.on('exit', (code) => done(code ?? 1)));
  child.stdin.destroy();
  process.off('SIGINT', ignore);
}
