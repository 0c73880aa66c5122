/** docs/privacy.md: what a capture says of people, places and secrets. A test keeps the file as this prints it. */
import { type Holding, holdingOf, holdings } from './private.ts';
import type { Tool } from './tool.ts';

/** The whole page, in Markdown. */
export function privacyDocument(tools: readonly Tool[]): string {
  return `${PROSE}
## Tool by tool

<!-- Generated from src/tools: run npx vitest run test/tools -u. -->

Every tool may print names of programs, processes, devices and functions. Beyond those:

| may print | tools |
| --- | --- |
${(Object.keys(holdings) as Holding[]).flatMap((holding) => row(holding, tools)).join('\n')}
| whatever it is told to | ${namesOf(tools, isProgrammed)} |
| no more than numbers and names of devices, processes and functions | ${namesOf(tools, (tool) => !isProgrammed(tool) && held(tool).size === 0)} |
`;
}

function row(holding: Holding, tools: readonly Tool[]): string[] {
  const names = namesOf(tools, (tool) => held(tool).has(holding));
  return names === '' ? [] : [`| ${holdings[holding]} | ${names} |`];
}

function namesOf(tools: readonly Tool[], wanted: (tool: Tool) => boolean): string {
  return tools
    .filter(wanted)
    .map(({ name }) => name)
    .join(', ');
}

/** Its output is what its arguments or its program say. */
function isProgrammed({ name }: Tool): boolean {
  return ['bpftrace', 'trace', 'argdist'].includes(name);
}

/** What the columns hold that identifies somebody. */
function held({ name, output }: Tool): Set<Holding> {
  // Its text has no columns for us.
  if (name === 'ss') return new Set(['address']);
  // kernel.hostname is among its settings.
  if (name === 'sysctl') return new Set(['host']);
  const columns = 'columns' in output ? Object.keys(output.columns ?? {}) : [];
  return new Set(columns.flatMap((column) => holdingOf(column, name) ?? []));
}

const PROSE = `# What a capture says of people, places and secrets

A capture holds what the tools printed: names and arguments of every process on the host, paths of files, addresses of peers,
the host's name, and in stacks the names of your functions. Nothing is sent anywhere. \`capture.tar\` can be read by whoever
collected it (mode 600), and a report made of it by no more people than the capture, unless \`--mode\` says otherwise or it is
redacted.

## Passwords and tokens: masked by default

\`analyze\`, \`diff\`, \`draw\` and \`export\` put \`[masked]\` in place of secrets, in everything they write: tables, stacks, text as
printed, command lines, names of files. The report and the summary say how many there were and where. \`--no-mask\` keeps them.
\`collect\` masks the same on the host, but only in the output of tools that print command lines, and only what one pass of sed can
know; \`--no-mask\` keeps that, too. The rest of the capture is as it was printed: give it to nobody who may not read the host's
process list.

Secrets are known

- by the name before them: \`--password X\`, \`API_KEY=X\`, \`"token": "X"\`, \`Authorization: …\`, \`Cookie: …\`;
- by their place: \`https://user:X@host\`, \`mysql -pX\`, \`sshpass -p X\`, \`curl -u user:X\`;
- by their shape: keys of AWS, GitHub, GitLab, Slack, Google, Stripe and others, JSON Web Tokens, private keys in PEM.

**What masking does not catch**: a secret without such a name and shape, as \`myprogram hunter2\`; one that a tool cut in two, as
\`execsnoop\` does after 20 arguments; one in a picture that you add yourself.

## Names: \`--redact\`, for reports that leave the company

    coldflame analyze capture.tar --redact -o ticket.html

replaces names by pseudonyms, the same for the same name in every table, picture and text of the report:

| what | becomes |
| --- | --- |
| hosts, with their domain or without | \`host-1\` |
| users, but accounts that every system has (root, postgres) | \`user-1\` |
| addresses; those of one /24 (IPv6: /64) stay together; loopback stays | \`net1.addr7\` |
| MAC addresses | \`mac-1\` |
| paths below a home, and what stands behind the host in a URL | \`/home/user-1/path-3\` |
| containers, pods, control groups that are no service | \`container-2\` |
| arguments of processes, but the names of their options | \`arg-12\` |
| literals in database queries | \`text-4\` |

Numbers, weights, times and verdicts stay what they were. Lines that no grammar could read, and files of no known tool, are left
out: nobody can say what is in them. Names of processes and functions, of devices, and paths outside homes (\`/srv/shop\`) are
kept, for without them a profile says nothing.

Two files are written beside the report:

- \`ticket.redaction.json\`, the audit: how many names of each kind, which files lost lines, and examples of what was kept and looks
  like a name. The report's last section has it too. Read it before you send the report.
- \`ticket.redaction-map.json\`, which turns the pseudonyms back (mode 600). Keep it. Given again with \`--redact-map\`, the same names
  get the same pseudonyms in the next report.

**What \`--redact\` does not catch**: a name of a customer or a project as the name of a process, a function, a device or a path
outside homes; a host that is named nowhere as a host; the size and the time of what happened. perf.data and symbol files are
not written into any output, so there is nothing in them to redact; do not attach the capture itself.
`;
