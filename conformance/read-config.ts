import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';
import { UsageError, type Account, type ClientConfig, type Config, type PageRule } from './config.ts';

const text = { type: 'string', minLength: 1 } as const;
const texts = { type: 'object', additionalProperties: { type: 'string' } } as const;
const strict = <Properties extends object>(
  properties: Properties,
  required: readonly string[],
): AnySchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: [...required],
});

const client = strict(
  {
    id: text,
    secret: text,
    secretFrom: text,
    authentication: { enum: ['basic', 'post'] },
    redirectUri: text,
  },
  ['id', 'redirectUri'],
);
const steps = {
  type: 'array',
  minItems: 1,
  items: {
    oneOf: [
      strict({ fill: text, value: { type: 'string' } }, ['fill', 'value']),
      strict({ totp: text, secret: text }, ['totp', 'secret']),
      strict({ click: text }, ['click']),
    ],
  },
};
const rule = strict({ when: text, steps, decline: steps }, ['when']);
const rules = { anyOf: [rule, { type: 'array', items: rule }] };
const account = strict({ values: texts, secondFactor: { type: 'boolean' }, cookies: texts }, ['values']);

const schema = strict(
  {
    $schema: text,
    issuer: text,
    client,
    clientWithDefaultAcr: client,
    clientWithMinimum: client,
    acr: strict({ one: text, several: text }, ['one', 'several']),
    scope: text,
    parameters: texts,
    refresh: { anyOf: [{ type: 'null' }, strict({ scope: text, parameters: texts }, ['scope'])] },
    resource: strict({ address: text, scope: text }, ['address']),
    driver: { enum: ['forms', 'browser', 'cofactor'] },
    pages: strict({ firstFactor: rules, secondFactor: rules, consent: rules, passage: rules }, []),
    accounts: { type: 'array', minItems: 1, items: account },
    maximumPages: { type: 'integer', minimum: 2, maximum: 50 },
    timeout: { type: 'number', minimum: 1, maximum: 120 },
  },
  ['issuer', 'client', 'accounts'],
);

type ClientName = 'client' | 'clientWithDefaultAcr' | 'clientWithMinimum';

/** `secretFrom` names the environment variable that has the secret. */
type WrittenClient = ClientConfig & { readonly secretFrom?: string };

/** A configuration as it is written, with everything that has a default left out. */
type Written = Pick<Config, 'issuer'> &
  Partial<Omit<Config, 'pages' | 'accounts' | ClientName>> & {
    readonly client: WrittenClient;
    readonly clientWithDefaultAcr?: WrittenClient;
    readonly clientWithMinimum?: WrittenClient;
    readonly pages?: Readonly<Record<string, PageRule | readonly PageRule[]>>;
    readonly accounts: readonly (Pick<Account, 'values'> & Partial<Account>)[];
  };

/** Reads the file that `--config` names. What the command line says goes before what the file says. */
export function readConfigFile(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file} has to hold a JSON object`);
  }
  return value as Record<string, unknown>;
}

let validate: ValidateFunction | undefined;

/** Checks a configuration and completes it. */
export function completeConfig(value: unknown): Config {
  // Compiling takes a moment, and most runs need it once.
  validate ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  if (!validate(value)) {
    const faults = (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `  ${instancePath || '/'} ${message ?? ''} ${'additionalProperty' in params ? String(params['additionalProperty']) : ''}`,
    );
    throw new UsageError(`the configuration is not right:\n${[...new Set(faults)].join('\n')}`);
  }
  const written = value as Written;
  if (!URL.canParse(written.issuer)) throw new UsageError(`the issuer is no address: ${written.issuer}`);
  const { clientWithDefaultAcr, clientWithMinimum, ...others } = written;
  const config: Config = {
    acr: { one: 'pwd', several: 'mfa' },
    scope: 'openid',
    parameters: {},
    timeout: 20,
    maximumPages: 6,
    driver: 'forms',
    ...others,
    client: clientOf(written.client),
    ...(clientWithDefaultAcr && { clientWithDefaultAcr: clientOf(clientWithDefaultAcr) }),
    ...(clientWithMinimum && { clientWithMinimum: clientOf(clientWithMinimum) }),
    refresh:
      written.refresh === undefined
        ? { scope: 'openid offline_access', parameters: { prompt: 'consent' } }
        : written.refresh && { ...written.refresh, parameters: written.refresh.parameters ?? {} },
    pages: Object.fromEntries(
      Object.entries(written.pages ?? {}).map(([kind, rules]) => [kind, [rules].flat()]),
    ),
    accounts: written.accounts.map((account) => ({ secondFactor: true, cookies: {}, ...account })),
  };
  if (config.driver !== 'cofactor' && !config.pages.firstFactor) {
    throw new UsageError(
      `the driver "${config.driver}" has to know the page of the first factor (pages.firstFactor)`,
    );
  }
  return config;
}

function clientOf({ secretFrom, ...client }: WrittenClient): ClientConfig {
  if (secretFrom === undefined || client.secret !== undefined) return client;
  const secret = process.env[secretFrom];
  if (!secret) throw new UsageError(`the secret of the client ${client.id} is not in $${secretFrom}`);
  return { ...client, secret };
}
