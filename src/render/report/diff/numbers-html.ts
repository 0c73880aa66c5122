/** The numbers that are looked for first, of both captures side by side. */
import { type Markup, markup } from '../../markup.ts';
import type { Compared } from './compared.ts';
import { keyNumbers, unmatchedSignals } from './key-numbers.ts';

export function numbersHtml(all: Compared): Markup {
  const numbers = keyNumbers(all);
  const unmatched = unmatchedSignals(all);
  return markup`<section id="numbers" class="captured" aria-labelledby="numbers-title">
<h2 id="numbers-title">Key numbers</h2>
${numbers.length === 0 && markup`<p class="quiet">No number that is looked for first was told by the same tool before and after.</p>`}
${
  numbers.length > 0 &&
  markup`<div class="scroll" tabindex="0" role="region" aria-label="Table of key numbers"><table><caption class="offscreen">Key numbers of the whole captures, before and after</caption>
<thead><tr><th scope="col">what</th><th scope="col" class="n">before</th><th scope="col" class="n">after</th><th scope="col" class="n">change</th><th scope="col">told by</th></tr></thead>
<tbody>${numbers.map(({ what, tool, before, after, change }) => markup`<tr><th scope="row">${what}</th><td class="n">${before}</td><td class="n">${after}</td><td class="n">${change}</td><td>${tool}</td></tr>\n`)}</tbody></table></div>`
}
${unmatched.length > 0 && markup`<p class="quiet">Not set side by side: ${unmatched.join('; ')}.</p>`}
</section>`;
}
