/** In what the two hosts are set up differently: before any number of the two is compared. */
import { counted } from '../../../datasets/amounts.ts';
import { type Markup, markup } from '../../markup.ts';
import type { Compared } from './compared.ts';
import { factsThatDiffer } from './sides-text.ts';

/** The rest unfolds: two hosts of different kinds differ in hundreds. */
const SHOWN = 12;

export function hostsHtml(sides: Compared['sides']): Markup | false {
  const facts = factsThatDiffer(sides);
  if (facts.length === 0) return false;
  const more = facts.slice(SHOWN);
  return markup`<section id="hosts" aria-labelledby="hosts-title">
<h2 id="hosts-title">Set up differently <span class="count">${facts.length}</span></h2>
${tableHtml(facts.slice(0, SHOWN))}
${more.length > 0 && markup`<details><summary>${counted(more.length, 'more difference')}</summary>${tableHtml(more)}</details>`}
</section>`;
}

function tableHtml(facts: ReturnType<typeof factsThatDiffer>): Markup {
  return markup`<div class="scroll"><table><thead><tr><th scope="col">Setting</th><th scope="col">before</th><th scope="col">after</th></tr></thead>
<tbody>${facts.map(({ name, before, after }) => markup`<tr><th scope="row">${name}</th><td>${before === '' ? 'none' : before}</td><td>${after === '' ? 'none' : after}</td></tr>\n`)}</tbody></table></div>`;
}
