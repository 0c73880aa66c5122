// The shop's front: a page for each cart, priced and rendered here; each fourth cart is ordered, which orderdb commits.
const http = require('node:http');
const net = require('node:net');

process.title = 'shopfront';
const CONNECTIONS = 6;
const PRODUCTS = Array.from({ length: 500 }, (_, i) => ({ id: i, name: `Product ${i}`, cents: 199 + ((i * 37) % 9000) }));

/** A connection to orderdb: one request at a time, the others wait. */
function connect() {
  const socket = net.connect(5433, '127.0.0.1').setNoDelay(true);
  const waiting = [];
  socket.on('data', (answers) => {
    for (let i = 0; i + 1 < answers.length; i += 2) waiting.shift()?.();
  });
  return function ask(kind, key, text) {
    const request = Buffer.alloc(64, text);
    request.write(kind, 0);
    request.writeBigUInt64LE(BigInt(key), 1);
    return new Promise((answered) => {
      waiting.push(answered);
      socket.write(request);
    });
  };
}

const pool = Array.from({ length: CONNECTIONS }, connect);
let turn = 0;
const ask = (...words) => pool[turn++ % CONNECTIONS](...words);

function readCart(url) {
  const cart = Number(url.slice(url.lastIndexOf('/') + 1)) || 0;
  return Array.from({ length: 12 }, (_, i) => ({ product: PRODUCTS[(cart * 7 + i * 13) % PRODUCTS.length], count: 1 + (i % 3) }));
}

function applyDiscounts(items) {
  return items.map(({ product, count }) => ({ product, count, cents: product.cents * count * (count > 2 ? 0.9 : 1) }));
}

function priceCart(items) {
  const priced = applyDiscounts(items);
  return { priced, total: priced.reduce((sum, { cents }) => sum + cents, 0) };
}

function formatMoney(cents) {
  return `${(cents / 100).toFixed(2)} EUR`;
}

function renderRow({ product, count, cents }) {
  return `<tr><td>${product.name}</td><td>${count}</td><td>${formatMoney(cents)}</td></tr>`;
}

function renderPage({ priced, total }) {
  return `<!doctype html><table>${priced.map(renderRow).join('')}</table><p>${formatMoney(total)}</p>`;
}

async function handleCart(request, response) {
  const items = readCart(request.url);
  const cart = priceCart(items);
  await ask('L', items[0].product.id * 7, request.url);
  if (request.url.startsWith('/order')) await ask('I', items[0].product.id * 7, request.url);
  response.end(renderPage(cart));
}

http.createServer({ keepAliveTimeout: 60_000 }, handleCart).listen(8080, '127.0.0.1');
