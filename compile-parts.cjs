// Loaded by the build before dist/coldflame.js: when the program ends, keeps what V8 has compiled of its parts, the functions
// that ran among it, where src/start.ts looks for it.
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

const scripts = new Map();
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.set(options.filename, this);
  }
};

process.once('exit', () => {
  const folder = join('dist/compiled', `${process.version}-${process.platform}-${process.arch}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of scripts) {
    const path = join(folder, name);
    if (!existsSync(path)) writeFileSync(path, script.createCachedData());
  }
});
