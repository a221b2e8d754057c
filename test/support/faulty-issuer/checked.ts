import { completeConfig } from '../../../conformance/read-config.ts';
import type { Config } from '../../../conformance/config.ts';
import { redirectUri, resource, secret, type Issuer } from './start.ts';

/** The small issuer as the conformance checker is told of it. */
export function configFor({ issuer, people }: Issuer, driver: 'forms' | 'browser' = 'forms'): Config {
  const client = (id: string): object => ({ id, secret, redirectUri });
  const decline = [{ click: '#no' }];
  return completeConfig({
    issuer,
    driver,
    client: client('plain'),
    clientWithDefaultAcr: client('default'),
    clientWithMinimum: client('strict'),
    resource: { address: resource },
    pages: {
      firstFactor: {
        when: 'input[name=name]',
        steps: [{ fill: 'input[name=name]', value: '{name}' }, { click: '#yes' }],
        decline,
      },
      secondFactor: {
        when: 'input[autocomplete="one-time-code"]',
        steps: [{ totp: 'input[name=code]', secret: '{key}' }, { click: '#yes' }],
        decline,
      },
    },
    accounts: Object.entries(people).map(([name, key]) => ({
      values: { name, ...(key !== null && { key }) },
      secondFactor: key !== null,
    })),
  });
}
