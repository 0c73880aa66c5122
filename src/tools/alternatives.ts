/** Which tools answer nearly the same question: where one cannot run on a host, another may. */
const SAME_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  perf: ['profile'],
  profile: ['perf'],
  biotop: ['biosnoop', 'iostat'],
  biosnoop: ['biotop', 'biolatency'],
  biolatency: ['biosnoop'],
  offwaketime: ['wakeuptime', 'offcputime'],
  offcputime: ['offwaketime'],
  runqlat: ['runqslower', 'runqlen'],
  pidstat: ['top'],
  top: ['pidstat'],
  ext4slower: ['fileslower'],
  tcptop: ['tcplife', 'sar-dev'],
  tcplife: ['tcpconnect', 'tcpstates'],
  tcpretrans: ['sar-tcp'],
  swapin: ['vmstat'],
};

/** Best first; none for a tool that is like no other. */
export function alternativesTo(tool: string): readonly string[] {
  return Object.hasOwn(SAME_PURPOSE, tool) ? (SAME_PURPOSE[tool] as readonly string[]) : [];
}
