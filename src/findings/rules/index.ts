/** Every rule, in the order of their names: what explains most first. */
import type { Rule } from '../facts.ts';
import { rankOf } from '../names.ts';
import { blockedRules } from './blocked.ts';
import { containerRules } from './containers.ts';
import { cpuRules } from './cpu.ts';
import { diskRules } from './disk.ts';
import { faultRules } from './faults.ts';
import { filesystemRules } from './filesystem.ts';
import { kernelLogRules } from './kernel-log.ts';
import { limitRules } from './limits.ts';
import { memoryRules } from './memory.ts';
import { networkRules } from './network.ts';
import { offCpuRules } from './off-cpu.ts';
import { pressureRules } from './pressure.ts';
import { processRules } from './processes.ts';
import { schedulerRules } from './scheduler.ts';
import { trustRules } from './trust.ts';
import { workRules } from './work.ts';

export const rules: readonly Rule[] = [
  ...kernelLogRules,
  ...containerRules,
  ...limitRules,
  ...memoryRules,
  ...diskRules,
  ...filesystemRules,
  ...networkRules,
  ...blockedRules,
  ...offCpuRules,
  ...processRules,
  ...schedulerRules,
  ...cpuRules,
  ...faultRules,
  ...pressureRules,
  ...workRules,
  ...trustRules,
].sort((a, b) => rankOf(a.name) - rankOf(b.name));
