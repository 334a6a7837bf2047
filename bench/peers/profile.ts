/** `profiles.yml` of profile `peers` for a PostgreSQL; the password is the throw-away server's own. */
export function profileFor(url: string): string {
  const { hostname, port, username, password, pathname } = new URL(url);
  return `peers:
  target: dev
  outputs:
    dev:
      type: postgres
      host: ${hostname}
      port: ${port}
      user: ${username}
      password: '${password}'
      dbname: ${pathname.slice(1)}
      schema: peers
      threads: 4
`;
}
