// Loaded before the program: makes the Nth call of one function of node:fs fail, as COLDFLAME_FAULT has it (`writeSync:2:ENOSPC`,
// or `writeSync:2:short` for one byte less), and writes how often each was called to COLDFLAME_CALLS.
const fs = require('node:fs');
const children = require('node:child_process');

const NAMES = [
  'openSync',
  'readSync',
  'writeSync',
  'fsyncSync',
  'fchmodSync',
  'fchownSync',
  'closeSync',
  'renameSync',
  'mkdirSync',
  'statSync',
  'fstatSync',
  'readdirSync',
];
const [wanted, at, code] = (process.env.COLDFLAME_FAULT ?? '').split(':');
const calls = Object.fromEntries(NAMES.map((name) => [name, 0]));
/** Standard output and error are not what is tried here, but for faults of their own. */
const isOurs = (name, [target]) => !(name === 'writeSync' && target <= 2) && !/\.js$/.test(String(target));

for (const name of NAMES) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (!isOurs(name, args)) return real(...args);
    calls[name]++;
    if (name !== wanted || calls[name] !== Number(at)) return real(...args);
    if (code === 'short') {
      const [file, chunk, from = 0] = args;
      return real(file, chunk, from, Math.max(1, chunk.length - from - 1));
    }
    if (name === 'closeSync') real(...args);
    throw Object.assign(new Error(`${code}: injected, ${name}`), { code, syscall: name });
  };
}

const { spawn } = children;
children.spawn = (...args) => {
  if (wanted !== 'spawn') return spawn(...args);
  throw Object.assign(new Error(`${code}: injected, spawn`), { code, syscall: 'spawn' });
};

process.on('exit', () => {
  if (process.env.COLDFLAME_CALLS) fs.writeFileSync(process.env.COLDFLAME_CALLS, JSON.stringify(calls));
});
