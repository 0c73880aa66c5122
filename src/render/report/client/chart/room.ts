/** How wide a picture is drawn. */

/** Below this width a picture made for a laptop is too small to read. */
const NARROW = 640;

/** On a phone pictures are drawn anew, as wide as it is; elsewhere the ones that are there are scaled a little. */
export function roomFor(host: HTMLElement): number | undefined {
  return host.clientWidth > 0 && host.clientWidth < NARROW ? Math.max(300, host.clientWidth) : undefined;
}
