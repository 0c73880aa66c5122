/** A picture as PNG, through sharp: loaded only here, and only when a PNG is asked for. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/** Neither sharp nor those who look at it take larger pictures, in pixels of each side. */
const MAX_SIDE = 32_767;

/**
 * The PNG of a still SVG, one pixel to the SVG's one. The text is drawn with the font that the package carries, so that
 * it is legible, and the same, on machines without fonts; what that font lacks comes from the machine's own.
 *
 * @throws RangeError where the picture is too large for a PNG; UserError where sharp is not installed
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const [, width = '0', height = '0'] = /<svg [^>]*?width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  if (Number(width) > MAX_SIDE || Number(height) > MAX_SIDE)
    throw new RangeError(`${width} x ${height} pixels are too many for a PNG: each side holds ${MAX_SIDE}`);
  const folder = fontsFolder();
  try {
    if (folder !== null) useOwnFonts(folder);
    const sharp = await loadSharp();
    return await sharp(Buffer.from(svg), { density: 72, unlimited: true, limitInputPixels: false }).png().toBuffer();
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

async function loadSharp() {
  try {
    return (await import('sharp')).default;
  } catch {
    throw new UserError(
      'PNG needs the package sharp, which cannot be loaded here (npm install sharp); SVG needs nothing',
    );
  }
}

/** A folder for what fontconfig reads and writes; null where none can be made: the fonts of the machine are used then. */
function fontsFolder(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), 'coldflame-fonts-'));
  } catch {
    return null;
  }
}

/** Where systems keep fonts: for the letters that ours lacks. */
const SYSTEM_FONTS =
  process.platform === 'win32'
    ? ['C:/Windows/Fonts']
    : ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts', '/Library/Fonts'];

/** Points fontconfig, which reads its environment when sharp loads, to the font beside this program. */
function useOwnFonts(folder: string): void {
  const config = join(folder, 'fonts.conf');
  writeFileSync(
    config,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${xml(fontFolder())}</dir>
${SYSTEM_FONTS.map((place) => `  <dir>${xml(place)}</dir>\n`).join('')}  <cachedir>${xml(join(folder, 'cache'))}</cachedir>
</fontconfig>
`,
  );
  process.env.FONTCONFIG_FILE = config;
}

/** dist/fonts, seen from the bundle beside it and from the sources. */
function fontFolder(): string {
  const places = ['fonts', '../../dist/fonts'].map((path) => join(import.meta.dirname, path));
  return places.find((path) => existsSync(join(path, 'DejaVuSans.ttf'))) ?? (places[0] as string);
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
