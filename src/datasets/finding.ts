/** What a rule says of a capture. Rules are in src/findings; this is what they hand to whoever shows it. */

export interface Evidence {
  /** Index into the capture's sources. */
  source: number;
  /** Line numbers in that source, first and last, both included; null when the whole source is the evidence. */
  lines: [first: number, last: number] | null;
}

export interface Finding {
  /** The rule's name, as in docs/findings.md. */
  rule: string;
  /**
   * - `found`: evidence of a problem
   * - `ruled-out`: evidence that there is none here
   * - `not-known`: what would tell was not captured
   */
  verdict: 'found' | 'ruled-out' | 'not-known';
  /** For `found`: critical stops work, warning degrades it, notice is worth knowing. */
  severity: 'critical' | 'warning' | 'notice';
  subsystem: string;
  /**
   * The rule whose finding explains this one: a slow disk explains waits for it. Such a finding comes directly
   * after the one that explains it, and is shown under it.
   */
  symptomOf?: string;
  /** Which one it is about, where a host has several: a disk, an interface. */
  subject?: string;
  /** Further rules that are not known for the same reason: they are told together. */
  also?: string[];
  /** One sentence with the number in it: `Disk sda is saturated: 99 % busy, queue 31, await 84 ms`. */
  title: string;
  /** Why this matters and how it was judged, in a sentence or two. */
  detail: string;
  /** Seconds since the capture started, where it can be told. */
  since: number | null;
  /** Seconds since the capture started when it was seen last, where that can be told. */
  until?: number | null;
  numbers: { label: string; value: number; unit: string }[];
  evidence: Evidence[];
  confidence: 'high' | 'medium' | 'low';
  /** What lowers the confidence: `12,000 lost events`, `41 % of frames unknown`. */
  doubts: string[];
  /** The next command to run, or null. */
  next: string | null;
}
