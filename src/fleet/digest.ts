/** What a fleet's page keeps of a capture: its verdicts, its resources and one profile. The rest is in the capture's own report. */
import { counted } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import { type Finding, foundOf, type Severity, type SubjectKind, severities } from '../datasets/finding.ts';
import { totalWeight } from '../datasets/fold.ts';
import type { Profile } from '../datasets/profile.ts';
import { merged } from '../datasets/profile-merge.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { type UseState, type UseTable, useColumns } from '../datasets/use.ts';
import { assess } from '../findings/index.ts';

/** The worst of a kind of resource. */
export interface ResourceDigest {
  kind: SubjectKind;
  state: UseState;
  /** `Disk vda: 98% busy`. */
  text: string;
}

export interface FindingDigest extends Pick<Finding, 'rule' | 'severity' | 'title'> {}

/** Samples of a kind that add up over hosts. */
export interface ProfileDigest {
  event: string;
  unit: string;
  profile: Profile;
}

export interface Digest {
  /** As it was named. */
  path: string;
  host: string;
  kernel: string;
  /** Unix seconds; null where the input does not tell. */
  started: number | null;
  seconds: number | null;
  resources: ResourceDigest[];
  /** Those that explain others, worst first. */
  findings: FindingDigest[];
  /** Of the CPUs; null where none was captured. */
  profile: ProfileDigest | null;
  /** What of the input could not be read. */
  faults: string[];
}

/** @param path as the capture was named */
export function digestOf(path: string, capture: Capture): Digest {
  const { findings, use } = assess(capture);
  const { manifest, damage, sources, datasets } = capture;
  const unread = sources.reduce((sum, { unreadCount }) => sum + unreadCount, 0);
  return {
    path,
    host: manifest?.host.hostname ?? '',
    kernel: manifest?.host.kernel ?? '',
    started: manifest?.started ?? null,
    seconds: manifest === null ? null : manifest.ended - manifest.started,
    resources: resourcesOf(use),
    findings: foundOf(findings)
      .filter(({ cause }) => cause === null)
      .map(({ rule, severity, title }) => ({ rule, severity, title })),
    profile: profileOf(capture),
    faults: [
      ...damage,
      ...(datasets.every(({ shape }) => shape === 'text') ? ['nothing of a known tool in it'] : []),
      ...(unread === 0 ? [] : [`${counted(unread, 'line')} not read`]),
    ],
  };
}

/** How bad a cell is, worst first. */
const STATES: readonly UseState[] = ['critical', 'warning', 'notice', 'near', 'seen', 'clear', 'unknown', 'none'];

function resourcesOf(use: readonly UseTable[]): ResourceDigest[] {
  const worst = new Map<SubjectKind, ResourceDigest>();
  for (const { resource, label, ...row } of use.flatMap(({ rows }) => rows))
    for (const column of useColumns) {
      const { state, text } = row[column];
      const known = worst.get(resource.kind);
      if (known !== undefined && STATES.indexOf(known.state) <= STATES.indexOf(state)) continue;
      // The column names the kind: of several the cell says which.
      const named = resource.name === '' ? text : `${label}: ${text}`;
      worst.set(resource.kind, { kind: resource.kind, state, text: text === '' ? label : named });
    }
  return [...worst.values()];
}

// cpu-clock:ppp   cycles:pppH   how exactly perf was asked to stop, which it tells where it could
const PRECISION = /:[pPH]+$/;

/** The samples of the first event on the CPUs, without who and when: those add up over hosts. */
function profileOf({ datasets }: Capture): ProfileDigest | null {
  const onCpu = datasets.filter(
    (dataset): dataset is Stacks => dataset.shape === 'stacks' && dataset.kind === 'on-cpu',
  );
  const [first] = onCpu.filter(({ profile }) => totalWeight(profile) > 0);
  if (first === undefined) return null;
  const { tool, event = tool, unit } = first;
  const same = onCpu.filter((each) => (each.event ?? each.tool) === event && each.unit === unit);
  const { frames, parent, frame, self, sampleCount } = merged(same.map(({ profile }) => profile));
  return {
    event: event.replace(PRECISION, ''),
    unit,
    profile: { frames, parent, frame, self, sampleCount, threads: [], samples: null },
  };
}

/** The worst finding of a capture; null where nothing was found. */
export function worstOf({ findings }: Digest): Severity | null {
  return severities.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}

/** Worst first: by critical findings, then warnings, then notices; else in the order given. */
export function byWorst(digests: readonly Digest[]): Digest[] {
  const countOf = ({ findings }: Digest, severity: Severity) =>
    findings.filter((finding) => finding.severity === severity).length;
  return digests.toSorted((a, b) => {
    const [differs] = severities
      .map((severity) => countOf(b, severity) - countOf(a, severity))
      .filter((by) => by !== 0);
    return differs ?? 0;
  });
}
