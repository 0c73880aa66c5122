#!/usr/bin/env -S node --perf-basic-prof
// A route with nested repeats, and a path that it does not match.
function route() {
  /^(\/[a-z]+)+$|^([a-z]+\/?)+$/.test(`${'a'.repeat(27)}!`);
  setImmediate(route);
}
route();
