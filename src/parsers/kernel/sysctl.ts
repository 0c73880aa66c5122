/**
 * sysctl: settings of the kernel, and what it counts beside them. Settings that are words are read and not kept.
 *
 *     fs.file-nr = 1727	0	2466165
 *     net.netfilter.nf_conntrack_max = 262144
 */
import { counterGrammar, NOTHING, type Reading } from '../counter-file.ts';

// net.netfilter.nf_conntrack_count = 0        net.ipv4.conf.eth0/1.rp_filter = 2        kernel.core_pattern = core
const SETTING = /^((?:abi|crypto|debug|dev|fs|kernel|net|sunrpc|user|vm|xen)(?:\.[\w@/:+-]{1,80}){1,8}) = ?(.*)$/;
const NUMBERS = /^-?\d{1,20}(?:\s+-?\d{1,20}){0,15}$/;

export const sysctl = counterGrammar({
  name: 'sysctl',
  tool: 'sysctl',
  title: 'settings of the kernel',
  begins: { like: SETTING },
  open: () => (text) => {
    const [, name = '', value = ''] = SETTING.exec(text) ?? [];
    if (name === '') return null;
    if (!NUMBERS.test(value.trim())) return NOTHING;
    const numbers = value.trim().split(/\s+/).map(Number);
    return numbers.map(
      (number, i): Reading =>
        numbers.length === 1 ? { name, value: number } : { name, value: number, labels: { place: `${i + 1}` } },
    );
  },
});
