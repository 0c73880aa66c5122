/** The functions of a profile as rows: what is self, what is total, who calls whom. */
import type { Profile } from '../../datasets/profile.ts';
import { functionWeights } from '../../datasets/profile-functions.ts';

export interface FunctionRow {
  frame: number;
  name: string;
  module: string;
  self: number;
  total: number;
}

/** Every function that has weight, the largest self first. */
export function functionRows(profile: Profile): FunctionRow[] {
  const { self, total } = functionWeights(profile);
  const { names, modules } = profile.frames;
  const rows: FunctionRow[] = [];
  names.forEach((name, frame) => {
    if ((total[frame] as number) === 0) return;
    rows.push({
      frame,
      name,
      module: modules[frame] as string,
      self: self[frame] as number,
      total: total[frame] as number,
    });
  });
  return rows.sort((a, b) => b.self - a.self || b.total - a.total || a.frame - b.frame);
}

/** Functions by their self weight, the heaviest first; those that only call others are left out. */
export function selfWeights(profile: Profile): [name: string, weight: number][] {
  const rows = functionRows(profile).filter(({ self }) => self > 0);
  return rows.map(({ name, self }) => [name, self]);
}
