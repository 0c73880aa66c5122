/** The pattern of frames that are merged, once in the page for all its flame graphs. */

const SVG = 'http://www.w3.org/2000/svg';
const ID = 'hatch';

/** The fill that draws it. */
export const HATCH = `url(#${ID})`;

export function addHatch(): void {
  const svg = svgElement('svg', { width: 0, height: 0, 'aria-hidden': 'true', class: 'hatch-home' });
  const pattern = svgElement('pattern', {
    id: ID,
    width: 5,
    height: 5,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  pattern.append(
    svgElement('rect', { class: 'hatch-ground', width: 5, height: 5 }),
    svgElement('rect', { class: 'hatch-line', width: 1.5, height: 5 }),
  );
  svg.append(pattern);
  document.body.append(svg);
}

function svgElement(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
