// Loaded by the build before dist/coldflame.js: when the program ends, keeps what V8 has compiled of its parts, the functions
// that ran among it, where src/start.ts looks for it.
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const vm = require('node:vm');

const scripts = new Map();
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.set(options.filename, this);
  }
};

process.once('exit', () => {
  for (const [filename, script] of scripts) {
    const folder = join(dirname(filename), 'compiled', `${process.version}-${process.platform}-${process.arch}`);
    const path = join(folder, basename(filename));
    mkdirSync(folder, { recursive: true });
    if (!existsSync(path)) writeFileSync(path, script.createCachedData());
  }
});
