/** Names in the frames that have room for them. The library would cut off their ends, which is where two methods of one class differ. */
import { FONT_SIZE, fitName } from '../../../../text.ts';
import { type DrawnFrame, framesIn } from './frames.ts';

/** A narrower frame has no name: two letters say nothing. */
const LEAST_WIDTH = 35;
/** Left and right of a name. */
const MARGIN = 4;
/** Below the baseline. */
const DESCENT = 5;

/**
 * @param width of the graph in pixels
 * @param height of a frame
 */
export function labelFrames(stage: HTMLElement, width: number, height: number): void {
  for (const frame of framesIn(stage)) {
    const { data, x0, x1 } = frame.__data__;
    const room = (x1 - x0) * width;
    label(frame, room < LEAST_WIDTH || data.merged > 0 ? '' : fitName(data.name, room - 2 * MARGIN, FONT_SIZE), height);
  }
}

/** Writes only what changes. */
function label(frame: DrawnFrame, name: string, height: number): void {
  const text = frame.childElementCount > 1 ? frame.lastElementChild : null;
  if (name === '') text?.remove();
  else if (text === null) frame.append(labelElement(name, height));
  else if (text.textContent !== name) text.textContent = name;
}

function labelElement(name: string, height: number): SVGTextElement {
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  text.setAttribute('x', String(MARGIN));
  text.setAttribute('y', String(height - DESCENT));
  text.textContent = name;
  return text;
}
