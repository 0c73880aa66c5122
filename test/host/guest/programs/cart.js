#!/usr/bin/env -S node --max-old-space-size=64 --perf-basic-prof
// Keeps nearly all that its heap may hold, and makes garbage beside it.
const kept = [];
for (let i = 0; i < 620_000; i++) kept.push({ sku: i, price: i / 3 });
function reprice() {
  for (let i = 0; i < 20_000; i++) kept[(Math.random() * kept.length) | 0] = { sku: i, price: i / 7 };
  setImmediate(reprice);
}
reprice();
