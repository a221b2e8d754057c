import { developmentOrigin } from './origin.ts';
import type { Settings } from './table.ts';

/** What each setting takes by itself, and what does not go together all the same. Nothing of a value is repeated. */
export function combinationFaults(settings: Settings): readonly string[] {
  return rules.filter(({ broken }) => broken(settings)).map(({ fault }) => fault);
}

interface Rule {
  readonly fault: string;
  readonly broken: (settings: Settings) => boolean;
}

const isProduction = ({ environment }: Settings): boolean => environment === 'production';
const isPostgres = ({ database }: Settings): boolean => database !== null && /^postgres(ql)?:/.test(database);
const isLocal = (settings: Settings): boolean =>
  new URL(settings.origin ?? developmentOrigin(settings)).hostname === 'localhost';

const rules: readonly Rule[] = [
  {
    fault: 'origin has to be set in production: the address people see, e.g. https://login.example.com',
    broken: (settings) => isProduction(settings) && settings.origin === null,
  },
  {
    fault: 'origin takes an https address in production',
    broken: (settings) => isProduction(settings) && settings.origin?.startsWith('http:') === true,
  },
  {
    fault: 'origin takes an https address; http is for localhost under development only',
    broken: (settings) =>
      !isProduction(settings) && settings.origin?.startsWith('http:') === true && !isLocal(settings),
  },
  {
    fault: 'database: production needs one that outlives its process, and not one in memory',
    broken: (settings) => isProduction(settings) && settings.database === ':memory:',
  },
  {
    fault: 'keys has to be set where several nodes may share a database (PostgreSQL)',
    broken: (settings) => isPostgres(settings) && settings.keys === null,
  },
  {
    fault: 'keys: an id stands twice; never use one id for two secrets',
    broken: ({ keys }) => keys !== null && new Set(keys.map(({ id }) => id)).size < keys.length,
  },
  {
    fault: 'mailFrom has to be set where mail is',
    broken: ({ mail, mailFrom }) => mail !== null && mailFrom === null,
  },
  {
    fault: 'mail has to be set where mailFrom is',
    broken: ({ mail, mailFrom }) => mail === null && mailFrom !== null,
  },
  {
    fault: 'factors: email-otp needs mail',
    broken: (settings) =>
      settings.factors.includes('email-otp') &&
      settings.mail === null &&
      (isProduction(settings) || !isLocal(settings)),
  },
  {
    fault: 'factors: email-otp is not allowed by profile nist-800-63b-4',
    broken: ({ factors, profile }) => factors.includes('email-otp') && profile === 'nist-800-63b-4',
  },
  {
    fault: 'factors takes each name once',
    broken: ({ factors }) => new Set(factors).size < factors.length,
  },
  {
    fault: 'sessionIdle cannot be longer than sessionAbsolute',
    broken: ({ sessionIdle, sessionAbsolute }) => sessionIdle > sessionAbsolute,
  },
  {
    fault: 'metricsPort cannot be the same as port',
    broken: ({ metrics, port, metricsPort }) => metrics && port !== 0 && port === metricsPort,
  },
  {
    fault: 'clients: an id stands twice',
    broken: ({ clients }) => hasTwins(clients.map(({ id }) => id)),
  },
  {
    fault: 'issuers: a name stands twice',
    broken: ({ issuers }) => hasTwins(issuers.map(({ name }) => name)),
  },
];

function hasTwins(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length;
}
