/** Whether this host has a tool: what the catalogue's places are here. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { KERNEL_HEADERS, type Place, placesOf } from '../tools/recipe.ts';
import type { Recipe } from '../tools/tool.ts';

/** Where tools for root live; an ordinary user's PATH lacks them. */
const ROOTS_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of the program that the recipe would run here, or null where the host has none or cannot run it. */
export function placeHere(recipe: Recipe): string | null {
  if (recipe.via === 'bcc' && !hasKernelHeaders()) return null;
  if (!(recipe.needs ?? []).every((path) => existsSync(path))) return null;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...ROOTS_FOLDERS].filter((folder) => folder !== '');
  for (const place of placesOf(recipe)) {
    const paths = isAbsolute(place.path) ? [place.path] : folders.map((folder) => join(folder, place.path));
    const found = paths.find((path) => isProgram(path, place.kind));
    if (found !== undefined) return found;
  }
  return null;
}

function hasKernelHeaders(): boolean {
  return KERNEL_HEADERS.some((path) => existsSync(path.replace('{kernel}', release())));
}

function isProgram(path: string, kind: Place['kind']): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
    return kind === 'any' || isScript(path) === (kind === 'script');
  } catch {
    return false;
  }
}

function isScript(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(file, start);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(file);
  }
}
