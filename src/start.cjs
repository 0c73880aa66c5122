#!/usr/bin/env node
// The first file that runs. It is written so that a Node.js of any age reads it; the rest needs a newer one.
'use strict';

var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write('coldflame: Node.js 20.19 or newer is needed (this is ' + process.version + ')\n');
  process.exitCode = 1;
} else {
  require('./cli.js');
}
