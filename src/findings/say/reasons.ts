/** Why something is not known, and what speaks against what was found. */
import { commas, counted, percentText, scaledText, shareText } from '../../datasets/amounts.ts';
import type { Doubt } from '../../signals/sources.ts';
import type { Reason } from '../facts.ts';
import { listed, subjectText } from './words.ts';

/** As it stands behind the topic: `not captured (dmesg would tell)`. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'not captured':
      return reason.tools.length === 0 ? 'not captured' : `not captured (${reason.tools.join(' or ')} would tell)`;
    case 'did not run':
      return reason.runs
        .map(({ tool, outcome, reason: why }) => `${tool} ${outcome}${why === '' ? '' : `, ${why}`}`)
        .join('; ');
    case 'no window':
      return 'these files do not say which window they were to cover';
    case 'one reading':
      return `${reason.tool} was read only once`;
    case 'partial':
      return `${reason.tool} covers ${shareText(reason.share)} of the window`;
    case 'part of host':
      return `${reason.tool} looked at a part of the host only`;
    case 'attach unknown':
      return `this capture does not record when ${reason.tool} was attached`;
    case 'too few':
      return `only ${counted(reason.count, reason.of)}, ${commas(reason.least)} are needed`;
    case 'doubt':
      return doubtText(reason.doubt);
    case 'not judged':
      return `nothing in ${reason.name} could be judged`;
    case 'own tools':
      return `the tools of this capture used ${shareText(reason.share)} of the CPUs themselves`;
    case 'conflict':
      return `there is a finding on ${subjectText(reason.subject)}`;
    case 'no CPU count':
      return 'the number of CPUs is unknown';
    case 'no link speed':
      return 'the speed of the interfaces is unknown';
    case 'no interval':
      return 'how long it was watched is unknown';
    case 'futex without symbols':
      return `${scaledText(reason.seconds, 's')} of futex waits have no symbols that would tell a lock`;
    case 'unaccounted':
      return `${shareText(reason.share)} of the CPUs were used by no process that was seen`;
    case 'unknown origin':
      return `${reason.name} does not say what it counts`;
    case 'bucket too wide':
      return 'the threshold lies within one bucket';
    case 'busy CPUs':
      return 'a busy CPU has no time to wait for I/O';
    case 'busy disk':
      return 'a busy disk may explain the stalls, but does not rule out a limit';
    case 'estimate':
      return 'free memory and caches alone do not tell what is available';
  }
}

/** A sentence without its full stop. */
export function doubtText(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'lost':
      return `${doubt.tool} lost ${commas(doubt.events)} events`;
    case 'unread':
      return `${commas(doubt.lines)} of ${commas(doubt.of)} lines of ${doubt.name} are unread`;
    case 'said':
      return `${doubt.tool}: ${doubt.text}`;
    case 'ended':
      return `${doubt.tool} ${doubt.outcome === 'cut' ? 'was stopped' : 'failed'}${doubt.reason === '' ? '' : `: ${doubt.reason}`}`;
    case 'cut short':
      return `${doubt.name} is shorter than what was written`;
    case 'own processes':
      return 'collected in a container or PID namespace: processes outside it were not seen';
    case 'frozen columns':
      return `${doubt.tool} of procps-ng 4.0.2 repeats its first memory columns`;
    case 'other clock':
      return `the times of ${doubt.name} cannot be laid on the clock of the capture`;
    case 'nameless frames':
      return `${shareText(doubt.share)} of the samples have no symbol`;
    case 'own tools':
      return `the tools of this capture used ${percentText(doubt.share * 100)} of the CPUs`;
    case 'names only':
      return 'the tools of this capture are known by name only';
    case 'others':
      return `${listed(doubt.tools)} saw no such thing`;
  }
}
