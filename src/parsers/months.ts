/** The months as `date`, `dmesg -T` and syslog write them. */

/** Names of months in glibc's common locales, by their first letters without dots. */
const MONTHS = [
  'jan janv jän ene gen янв',
  'feb févr fev фев',
  'mar mär märz mars mrt мар',
  'apr avr avril abr апр',
  'may mai mei maj mag май мая',
  'jun juin juni giu июн',
  'jul juil juli lug июл',
  'aug août ago авг',
  'sep sept set сен',
  'oct okt ott out окт',
  'nov ноя',
  'dec déc dez dic дек',
].map((names) => names.split(' '));

/** January is 0; null for a word that names no month. */
export function monthOf(word: string): number | null {
  const digits = /^(\d{1,2})[月월]$/.exec(word);
  if (digits !== null) return Number(digits[1]) - 1;
  const name = word.toLowerCase().replace('.', '');
  const month = MONTHS.findIndex((names) => names.includes(name));
  return month < 0 ? null : month;
}
