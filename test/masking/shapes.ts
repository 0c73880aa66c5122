/** The shapes in which secrets stand on command lines, in environments, headers, addresses and files. */

/** A value that nothing else says: by its number. */
export function secretOf(i: number): string {
  return `EXAMPLE${String(i).padStart(4, '0')}zQ9xKw7RtVb2Lm`;
}

export const SHAPES: readonly ((secret: string) => string)[] = [
  (secret) => `/usr/bin/app --password=${secret} --verbose`,
  (secret) => `/usr/bin/app --password ${secret} --verbose`,
  (secret) => `/usr/bin/app -token ${secret}`,
  (secret) => `/usr/bin/app --api-key="${secret}"`,
  (secret) => `/usr/bin/app --client-secret '${secret}'`,
  (secret) => `PGPASSWORD=${secret} psql -h db`,
  (secret) => `env DB_PASSWD=${secret} AWS_SECRET_ACCESS_KEY=${secret} run`,
  (secret) => `export MYSQL_PWD=${secret}`,
  (secret) => `curl -H "Authorization: Bearer ${secret}" https://api`,
  (secret) => `curl -H Authorization: Basic ${secret} https://api`,
  (secret) => `curl -H 'X-Api-Key: ${secret}' https://api`,
  (secret) => `curl --cookie session=${secret} https://api`,
  (secret) => `GET / Cookie: a=1; session=${secret}; theme=dark`,
  (secret) => `Set-Cookie: ${secret}; Path=/`,
  (secret) => `curl -u app:${secret} https://api`,
  (secret) => `wget --user app:${secret} https://api`,
  (secret) => `psql postgres://app:${secret}@db/shop`,
  (secret) => `git clone https://user:${secret}@git.example.com/x.git`,
  (secret) => `GET https://api/x?access_token=${secret}&page=2`,
  (secret) => `GET https://blob/x?sv=2020&sig=${secret}`,
  (secret) => `mysql -uroot -p${secret} shop`,
  (secret) => `mysqldump --host db -p${secret} shop`,
  (secret) => `sshpass -p ${secret} ssh db`,
  (secret) => `redis-cli -h cache -a ${secret} ping`,
  (secret) => `ldapsearch -D cn=admin -w ${secret}`,
  (secret) => `docker login -u app -p ${secret} registry`,
  (secret) => `openssl rsa -passin pass:${secret}`,
  (secret) => `{"user":"app","password":"${secret}"}`,
  (secret) => `credentials: ${secret}`,
  (secret) =>
    `AKIA${secret
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(16, 'Z')
      .slice(0, 16)} x-amz-signature=1 token=${secret}`,
  (secret) => `ghp_${secret.padEnd(36, 'a')}`,
  (secret) => `xoxb-1234567890-${secret}`,
  (secret) => `eyJhbGciOiJIUzI1NiJ9.eyJ${secret}.${secret}`,
  (secret) => `sk_live_${secret} glpat-${secret}`,
];
