// Loaded before the program: sharp is not there, as after `npm install --omit=optional`.
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  if (request === 'sharp') throw Object.assign(new Error("Cannot find module 'sharp'"), { code: 'MODULE_NOT_FOUND' });
  return resolve(request, ...rest);
};
