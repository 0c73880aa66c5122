/**
 * Texts without what identifies people and places. What a column holds is known where a tool has columns; elsewhere names are
 * known by their form (addresses, URLs, paths below a home) or because they were met before (hosts, users).
 */
import type { Holding } from '../tools/private.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { MASK } from './secrets.ts';

/** Accounts that every system has, or every system of its kind: they name nobody. */
const SYSTEM_USERS = new Set(
  `root daemon bin sys sync adm lp mail news uucp man proxy www-data backup list irc games gnats nobody nogroup operator
  messagebus dbus sshd polkitd rpc rpcuser ntp chrony avahi tcpdump postfix syslog nginx apache httpd caddy haproxy
  postgres mysql mariadb mongodb redis memcache memcached rabbitmq elasticsearch kafka zookeeper cassandra hdfs yarn hive spark
  oracle prometheus grafana node_exporter docker containerd kube etcd ubuntu debian centos fedora rocky alma admin ec2-user
  azureuser vagrant core opc bitnami git`.split(/\s+/),
);

/** Words that are names of hosts now and then, and more often anything else. */
const COMMON_WORDS = new Set(
  'localhost localhost.localdomain linux host server kernel none unknown cpu memory disk network free load idle user system'.split(
    ' ',
  ),
);

const V4 = String.raw`(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\.\d)`;
/** With `::` and a digit, or in full; a time has neither, and C++ seldom. */
const V6 = String.raw`(?<![\w:.])(?=[a-f:]*\d)(?:(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|::(?:ffff:)?(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{2,4}|(?:[0-9a-f]{1,4}:){2,7}:)(?![\w:])`;
const MAC = String.raw`(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])`;
const NETWORK = new RegExp(`${MAC}|${V6}|${V4}`, 'gi');
/** Looks like an address of IPv6, and is `std::dec`: code has no colon by itself. */
const IN_CODE = /^[\da-f]*(?:::[\da-f]*)+$/i;
/** Addresses that name no host: loopback, any, broadcast, masks. */
const NO_HOST = /^(?:127\.|0\.0\.0\.0$|255\.|::1?$|::ffff:127\.|(?:ff:){5}ff$|(?:00:){5}00$)/i;

// app@db-1.example.com; neither free@GLIBC_2.2.5 nor putc@plt nor getty@tty1.service
const AT_HOST =
  /(?<![\w.@/-])([a-z_][\w.-]{0,63})@(?!plt\b|[\w.-]*\.(?:service|slice|socket|scope|timer)\b)([a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,8})(?![\w@-])/gi;
// https://db-1.example.com:8443/shop/orders?id=7
const URL =
  /\b([a-z][a-z0-9+.-]{1,20}:\/\/)(?:([^\s/@"'<>]{1,256})@)?([^\s/:"'<>?#,;)\]]{1,255})(:\d{1,5})?([^\s"'<>)\]]{0,2048})/gi;
// /home/ada/project/x.c   /Users/ada   /root/.ssh/id
const HOME = /(?<![\w.])(\/(?:home|Users|export\/home|data\/home)\/)([^\s/:"'<>;,()]{1,64})([^\s:"'<>;,()]{0,1024})/g;
const ROOTS_HOME = /(?<![\w.])\/root(\/[^\s:"'<>;,()]{1,1024})/g;
// docker-4f2c….scope   cri-containerd-4f2c…   kubepods-burstable-pod1234-….slice   a container's id in full
const CONTAINER =
  /(?<=(?:docker|containerd|crio|libpod|conmon|lxc)[-/:]{1,3})[0-9a-f]{12,64}|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])|(?<=pod)[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}/g;
/** Endings of names of hosts; names of code (golang.org/x/net, System.IO) are no hosts. */
const DOMAIN =
  /(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.){1,8}(?:com|net|org|io|dev|cloud|internal|local|localdomain|lan|corp|intra|home|edu|gov|eu|de|fr|uk|nl|ch|jp|cn|br|ca|au)(?![\w.-]*\w|\/x\/)/g;
const CODE_HOSTS =
  /^(?:[\w-]+\.)?(?:github|gitlab|golang|google\.golang|gopkg|k8s|uber|bitbucket|rust-lang|npmjs|kernel|gnu|debian|ubuntu|redhat|docker)\.(?:com|org|io|in)$/;

// Linux 6.1.0-18-amd64 (db-1)  11/20/2026  _x86_64_  (2 CPU)     # hostname : db-1     Linux db-1 6.1.0 #1 SMP
const HOST_LINES = [
  /^Linux \S+ \(([^()\s]{1,255})\)\s/gm,
  /^# hostname : (\S{1,255})/gm,
  /^Linux (\S{1,255}) \d+\.\d+\S* #/gm,
  // Nov 20 14:00:01 db-1 kernel:     2026-11-20T14:00:01.123+01:00 db-1 sshd[7]:
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S{1,255}) [\w./-]+(?:\[\d+\])?:/gm,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* (\S{1,255}) [\w./-]+(?:\[\d+\])?:/gm,
];

const KNOWN_UNITS =
  /^(?:-|\.|[\w@-]*\.(?:service|slice|socket|mount|target|timer|device)|init\.scope|system|user|machine|docker|lxc|libpod|kubepods\S*|cgroup|sys|fs|unified|proc|[a-z]+\.(?:max|stat|current|events))$/;
/** `--name`, `-x`, `-Xmx`, `-jar`: what a word says of a program, not of a person. */
const FLAG = /^(?:--[a-z][\w-]{0,40}|-[A-Za-z]|-X\w{0,20}|-(?:jar|cp|classpath|server))$/;

export class Redactor {
  private readonly names: Pseudonyms;
  private readonly words = new Map<string, 'host' | 'user'>();
  /** By name without domain, the names with one. */
  private readonly domains = new Map<string, Set<string>>();
  private pattern: RegExp | null = null;

  constructor(names: Pseudonyms) {
    this.names = names;
    for (const host of names.originalsOf('host')) this.learnHost(host);
    for (const user of names.originalsOf('user')) this.learnUser(user);
  }

  /** Hosts are found from now on wherever they stand, with their domain or without. */
  learnHost(name: string): void {
    const short = name.split('.')[0] as string;
    if (short !== name) this.domains.set(short, (this.domains.get(short) ?? new Set()).add(name.toLowerCase()));
    for (const word of [name, short])
      if (word.length > 1 && /^[\w.-]+$/.test(word) && /[a-z]/i.test(word) && !COMMON_WORDS.has(word.toLowerCase()))
        this.remember(word, 'host');
  }

  learnUser(name: string): void {
    if (name.length > 1 && /^[a-z_][\w.@-]*[\w$+]$/i.test(name) && !this.isSystem(name))
      this.remember(name.replace(/\+$/, ''), 'user');
  }

  /** Remembers what the cell names, if its column names hosts or users. */
  learn(text: string, holding: Holding | undefined): void {
    if (holding === 'host') this.learnHost(text);
    if (holding === 'user') this.learnUser(text);
  }

  /** Names of hosts and users that a text gives away by its form. */
  learnFrom(text: string): void {
    for (const line of HOST_LINES) for (const [, host] of text.matchAll(line)) this.learnHost(host as string);
    for (const [, user, host] of text.matchAll(AT_HOST)) {
      this.learnUser(user as string);
      this.learnHost(host as string);
    }
    for (const [, , user] of text.matchAll(HOME)) this.learnUser(user as string);
    for (const [, , , host] of text.matchAll(URL))
      if (!/^[\d.[\]:]+$/.test(host as string)) this.learnHost(host as string);
  }

  /** What a column of that kind holds; without a kind, any text. */
  cell(text: string, holding: Holding | undefined): string {
    switch (holding) {
      case 'argument':
        return this.command(text);
      case 'path':
        return this.text(text);
      case 'host':
        return this.host(text);
      case 'user':
        return this.user(text);
      case 'query':
        return this.query(text);
      case 'container':
        return this.container(text);
      default:
        return this.text(text);
    }
  }

  text(text: string): string {
    if (text.length < 2) return text;
    const masked = this.places(
      // Behind a pseudonym stands what was left of a damaged text.
      text.replace(AT_HOST, (all, user: string, host: string) =>
        this.names.has(user) ? all : `${this.user(user)}@${this.host(host)}`,
      ),
    )
      .replace(CONTAINER, (id) => this.names.of('container', id))
      .replace(NETWORK, (address) => this.address(address))
      .replace(DOMAIN, (domain) => (CODE_HOSTS.test(domain) ? domain : this.host(domain)));
    return this.known(masked);
  }

  /** The name of a function: code has names with dots and colons of its own. */
  frame(text: string): string {
    const places = this.places(text).replace(NETWORK, (found) => (IN_CODE.test(found) ? found : this.address(found)));
    return this.known(places);
  }

  /** URLs, and paths below a home. */
  private places(text: string): string {
    return text
      .replace(URL, (_, scheme: string, user: string | undefined, host: string, port = '', rest = '') => {
        const who = user === undefined ? '' : `${user.includes(MASK) ? user : this.user(user)}@`;
        return `${scheme}${who}${this.hostOrAddress(host)}${port}${this.below(rest)}`;
      })
      .replace(HOME, (_, home: string, user: string, rest = '') => `${home}${this.user(user)}${this.below(rest)}`)
      .replace(ROOTS_HOME, (_, rest: string) => `/root${this.below(rest)}`);
  }

  /** The program stays; of what it was given, the names of options do. */
  private command(text: string): string {
    const [program = '', ...words] = text.split(' ');
    return [this.text(program), ...words.map((word) => this.argument(word))].join(' ');
  }

  private argument(word: string): string {
    if (
      word === '' ||
      word.includes(MASK) ||
      FLAG.test(word) ||
      /^[\d.]{1,4}$|^[|&;<>(){}]+$|^\.\.\.$|^"\.\.\."$/.test(word)
    )
      return word;
    const [, option, value] = /^(--[a-z][\w-]{0,40}=)(.*)$/.exec(word) ?? [];
    if (option !== undefined && value !== undefined) return option + (value === '' ? '' : this.argument(value));
    if (/^(?:host|user|net|path|container|arg|text|mac)-?\d+/.test(word) && this.names.has(word)) return word;
    return this.names.of('arg', word);
  }

  private query(text: string): string {
    return this.text(text)
      .replace(/'(?:[^'\\]|\\.|''){0,4096}'?|"(?:[^"\\]|\\.){0,4096}"?/g, (literal) =>
        this.names.has(literal.slice(1, -1)) ? literal : `'${this.names.of('text', literal)}'`,
      )
      .replace(/(?<![\w.-])\d{2,}(?:\.\d+)?(?![\w.-])/g, (number) => this.names.of('text', number));
  }

  private container(text: string): string {
    return text
      .split('/')
      .map((part) =>
        part === '' || KNOWN_UNITS.test(part) || this.names.has(part)
          ? part
          : this.text(part) !== part
            ? this.text(part)
            : this.names.of('container', part),
      )
      .join('/');
  }

  private below(rest: string): string {
    return rest.length < 2 || this.names.has(rest.slice(1)) ? rest : `/${this.names.of('path', rest)}`;
  }

  private hostOrAddress(host: string): string {
    const address = host.replace(/^\[|\]$/g, '');
    return new RegExp(`^(?:${NETWORK.source})$`, 'i').test(address) ? this.address(address) : this.host(host);
  }

  /** The host that a name means, whatever domain it was given with. */
  private host(name: string): string {
    if (name === '' || this.names.has(name) || COMMON_WORDS.has(name.toLowerCase()) || /^[\d.:[\]*-]*$/.test(name))
      return this.network(name);
    const [only, ...others] = this.domains.get(name) ?? [];
    return this.names.of('host', only !== undefined && others.length === 0 ? only : name.toLowerCase());
  }

  private network(text: string): string {
    return text.replace(NETWORK, (address) => this.address(address));
  }

  private user(name: string): string {
    if (name === '' || /^\d+$/.test(name) || this.isSystem(name) || this.names.has(name)) return name;
    // procps cuts long names: `systemd+`.
    return this.names.of('user', name.replace(/\+$/, ''));
  }

  private address(address: string): string {
    if (NO_HOST.test(address)) return address;
    if (/^(?:[0-9a-f]{2}:){5}/i.test(address)) return this.names.of('mac', address.toLowerCase());
    if (!address.includes(':')) {
      const parts = address.split('.');
      return parts.some((part) => Number(part) > 255)
        ? address
        : this.names.address(parts.slice(0, 3).join('.'), address);
    }
    // The first half of an address in full is its network.
    return this.names.address(address.toLowerCase().split(':').slice(0, 4).join(':'), address.toLowerCase());
  }

  private isSystem(name: string): boolean {
    return SYSTEM_USERS.has(name) || name.startsWith('systemd') || name.startsWith('_');
  }

  private remember(word: string, kind: 'host' | 'user'): void {
    if (this.words.has(word) || this.names.has(word)) return;
    this.words.set(word, kind);
    this.pattern = null;
  }

  private known(text: string): string {
    if (this.words.size === 0) return text;
    this.pattern ??= wordsPattern(this.words);
    return text.replace(this.pattern, (word, host: string | undefined) =>
      host === undefined ? this.user(word) : this.host(word),
    );
  }
}

/** Each of the words by itself, a host with the domain behind it too; longer ones first. */
function wordsPattern(words: ReadonlyMap<string, 'host' | 'user'>): RegExp {
  const of = (wanted: 'host' | 'user') =>
    [...words]
      .flatMap(([word, kind]) => (kind === wanted ? [word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')] : []))
      .sort((a, b) => b.length - a.length)
      .join('|') || '(?!)';
  return new RegExp(
    String.raw`(?<![\w.-])(?:((?:${of('host')})(?:\.[a-z][\w-]{0,62}){0,6})|(?:${of('user')}))(?![\w-])`,
    'g',
  );
}
