import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { now } from '../../../../test/support/events.ts';
import { assuranceOf } from '../assurance/index.ts';
import { dialects } from './dialects.ts';
import { eventsOf } from './said.ts';

const root = join(import.meta.dirname, '../../../..');
const every = Object.entries({ ...dialects });

/** What stands in the data although no page is known that says so. Nothing is let in by it. */
const withoutSource = ['adfs is silent', 'umbracoId is silent'];

/** What each server calls MFA, written down a second time: a line more or less has to be meant. */
const known: Record<keyof typeof dialects, readonly string[]> = {
  entra: ['amr mfa: mfa', 'amr ngcmfa: mfa'],
  okta: ['amr mfa: mfa', 'acr urn:okta:loa:2fa:any: mfa'],
  auth0: ['amr mfa: mfa'],
  keycloak: [],
  google: [],
  ping: [],
  duende: ['amr mfa: mfa'],
  cognito: ['amr mfa: mfa'],
  adfs: [],
  umbracoId: [],
  cofactor: ['acr mfa: mfa', 'acr phr: phr', 'acr phrh: phrh', 'amr mfa: mfa'],
};

describe('dialects', () => {
  test('say what is written down here', () => {
    const said = Object.fromEntries(
      every.map(([name, { says }]) => [
        name,
        says.map(({ claim, value, level }) => `${claim} ${value}: ${level}`),
      ]),
    );
    expect(said).toEqual(known);
  });

  test('bear the name they are found under, and are frozen', () => {
    for (const [name, dialect] of every) {
      expect(dialect.name).toBe(name);
      const parts = [dialects, dialect, dialect.says, ...dialect.says, dialect.silence];
      expect(parts.every(Object.isFrozen)).toBe(true);
    }
  });

  test('say why they say nothing, where they have no rule', () => {
    const silences = every.flatMap(([name, { silence }]) => (silence ? [[name, silence.why]] : []));
    expect(Object.fromEntries(silences)).toEqual({
      keycloak: 'where-configured',
      google: 'not-said',
      ping: 'where-configured',
      adfs: 'where-configured',
      umbracoId: 'not-said',
    });
    expect(silences.map(([name]) => name)).toEqual(
      Object.entries(known).flatMap(([name, said]) => (said.length === 0 ? [name] : [])),
    );
  });

  test('say of every value, every request and every silence who says so', () => {
    for (const [name, { says, asks = {}, silence }] of every) {
      const isWithout = withoutSource.includes(`${name} is silent`);
      // One that was found since does not stay on the list.
      if (isWithout) expect(silence).not.toHaveProperty('source');
      const silences = silence && !isWithout ? [silence] : [];
      for (const { source = '' } of [...says, ...Object.values(asks), ...silences]) {
        const file = source.split('#')[0] ?? '';
        expect({ name, source, found: URL.canParse(source) || existsSync(join(root, file)) }).toEqual({
          name,
          source: expect.stringMatching(name === 'cofactor' ? /^docs\// : /^https:\/\//) as string,
          found: true,
        });
      }
    }
  });

  test('ask only for a level that a rule can find again', () => {
    for (const [name, { says, asks = {} }] of every) {
      for (const level of Object.keys(asks)) {
        expect({ name, level, heard: says.some((rule) => rule.level === level) }).toMatchObject({
          heard: true,
        });
      }
    }
  });

  // What these words mean to those who say them is one factor, or perhaps two.
  test.each([
    'otp',
    'sms',
    'hwk',
    'swk',
    'fido',
    'pop',
    'mca',
    'user',
    'fed',
    'wia',
    'wiaormfa',
    'external',
    'urn:okta:loa:1fa:any',
    'urn:okta:loa:2fa:any:ifpossible',
    'urn:cognito:loa:1',
    'urn:cognito:loa:2',
    'urn:cognito:loa:3',
    '1',
    'c1',
    'gold',
  ])('none takes %s for MFA', (word) => {
    for (const [, dialect] of every) {
      const claims = { amr: ['pwd', word], acr: word, acrs: [word] };
      expect(assuranceOf(eventsOf(claims, dialect, now, 'https://issuer.example')).acr).toBe('pwd');
    }
  });

  test('and none but our own takes a key for two factors', () => {
    for (const [name, dialect] of every) {
      const claims = { amr: ['phr', 'phrh'], acr: 'phr', acrs: ['phrh'] };
      const { acr } = assuranceOf(eventsOf(claims, dialect, now, 'https://issuer.example'));
      expect({ name, acr }).toEqual({ name, acr: name === 'cofactor' ? 'phr' : 'pwd' });
    }
  });
});
