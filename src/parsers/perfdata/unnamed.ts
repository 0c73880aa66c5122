/** What of a profile has no names, and what would give it some, in words. */
import { totalWeight } from '../../datasets/fold.ts';
import type { Profile } from '../../datasets/profile.ts';
import { KERNEL_NAME, type ModuleReport } from './modules.ts';

/** So many modules are told one by one. */
const MOST = 8;
/** A module that ran less is not worth the search. */
const LEAST_SHARE = 0.001;

/**
 * A note for each module whose code ran without a name in more than a thousandth of the profile, most first; the rest in one.
 * @param unnamed the module of each frame that stands for addresses without a symbol
 */
export function unnamedNotes(profile: Profile, unnamed: ReadonlyMap<number, ModuleReport>): string[] {
  const total = totalWeight(profile);
  const weights = new Map<ModuleReport, number>();
  for (let node = 1; node < profile.self.length; node++) {
    const module = unnamed.get(profile.frame[node] as number);
    const weight = profile.self[node] as number;
    if (module !== undefined && weight > 0) weights.set(module, (weights.get(module) ?? 0) + weight);
  }
  const worth = [...weights].filter(([, weight]) => weight > total * LEAST_SHARE).sort(([, a], [, b]) => b - a);
  const told = worth.slice(0, MOST).map(([module, weight]) => noteOf(module, weight / total));
  const rest = worth.length - told.length;
  return rest > 0 ? [...told, `no symbols: ${rest} more modules`] : told;
}

function noteOf(module: ModuleReport, share: number): string {
  const percent = share < 0.1 ? (share * 100).toFixed(1) : (share * 100).toFixed(0);
  return `no symbols: ${module.path}, ${percent} % of samples${remedy(module)}`;
}

// /tmp/perf-1234.map
const JIT_MAP = /^\/tmp\/(perf-\d+\.map)$/;

function remedy({ path, buildId, origin }: ModuleReport): string {
  if (origin !== null) return ` at addresses outside of every symbol of ${origin}`;
  const map = JIT_MAP.exec(path);
  if (map !== null)
    return `; the process's own ${map[1]} would name them (node --perf-basic-prof, java with perf-map-agent)`;
  if (path === KERNEL_NAME) return '; /proc/kallsyms of that host and boot, read as root, would name them (--symbols)';
  if (path === '[vdso]' || path.startsWith('[')) return '';
  const which =
    buildId === ''
      ? 'the file itself (it has no build ID in the recording)'
      : `the file or its debug file, build ID ${buildId},`;
  return `; ${which} would name them (--symbols)`;
}
