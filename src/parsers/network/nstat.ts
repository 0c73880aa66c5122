/**
 * nstat: the kernel's network counters, what they grew by since nstat ran last, or with -a what they are.
 *
 *     #kernel
 *     IpInReceives                    265                0.0
 */
import { counterGrammar, NOTHING } from '../counter-file.ts';

const HEADING = /^#(?:kernel|\d|extended_).*$/;
// TcpRetransSegs                  5                  0.0
const ROW = /^([A-Z][A-Za-z0-9]{1,60})\s+(\d{1,20})\s+(\d{1,20}\.\d)\s*$/;

export const nstat = counterGrammar({
  name: 'nstat',
  tool: 'nstat',
  title: 'network counters',
  begins: { like: /^#kernel\s*$/ },
  open: () => (text) => {
    if (HEADING.test(text)) return NOTHING;
    const [, name = '', digits] = ROW.exec(text) ?? [];
    return digits === undefined ? null : [{ name, value: Number(digits) }];
  },
});
