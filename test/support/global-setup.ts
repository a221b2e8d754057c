import { programs } from './find-program.ts';
import { sharedServerVariable, startPostgres } from './postgres.ts';

/** Runs once, before all test files: one PostgreSQL server serves them all, a database each. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (!programs.PostgreSQL.find()) return undefined;
  const server = await startPostgres();
  process.env[sharedServerVariable] = server.url;
  return () => server.remove();
}
