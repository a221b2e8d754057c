import { assess, rankOf, type Policy } from '../assurance/index.ts';
import { wrongOption as wrong } from './errors.ts';

/** The option `policies`: each one that somebody can meet. */
export function policiesOf(value: Readonly<Record<string, Policy>> | undefined): ReadonlyMap<string, Policy> {
  const policies = new Map(Object.entries(value ?? {}));
  for (const [name, policy] of policies) checkPolicy(name, policy);
  return policies;
}

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** What a policy of each type holds, so that a wrong one is told at the start and not to every visitor. */
const policyParts: Readonly<
  Record<Policy['type'], readonly [part: string, fits: (value: unknown) => boolean]>
> = {
  requirement: ['requirement', (value) => typeof value === 'object' && value !== null],
  role: ['anyOf', isFilled],
  check: ['check', (value) => typeof value === 'function'],
  all: ['of', isFilled],
  any: ['of', isFilled],
};

function checkPolicy(name: string, policy: Policy): void {
  const code = 'ERR_CONFIG_POLICIES';
  const [part, fits] = policyParts[policy?.type] ?? ['', () => false];
  if (fits((policy as unknown as Record<string, unknown> | null)?.[part]) !== true)
    throw wrong(code, `policies: ${name} is not a policy; make it with requireMfa() and its like`);
  if (policy.type === 'all' || policy.type === 'any') policy.of.forEach((part) => checkPolicy(name, part));
  if (policy.type !== 'requirement') return;
  const { acr, amr, maxAge, ...unknown } = policy.requirement;
  const [other] = Object.keys(unknown);
  if (other !== undefined) {
    throw wrong(code, `policies: ${name} takes a requirement of acr, amr and maxAge, and not ${other}`);
  }
  if (maxAge === 0) {
    throw wrong(
      code,
      `policies: ${name} has maxAge 0, which no page could ever be opened with; take 1 or more`,
    );
  }
  if (acr !== undefined && rankOf(acr) === -1) {
    throw wrong(code, `policies: ${name} asks for the level ${acr}, which is not on the ladder`);
  }
  // A requirement that no events could ever meet is a mistake to be told now, not to every visitor.
  const everything = {
    provider: 'check',
    authenticator: null,
    kind: 'have',
    amr: amr ?? [],
    at: new Date(0),
  } as const;
  const events = [{ ...everything, userVerified: true, phishingResistant: true, hardwareProtected: true }];
  const reachable = assess(
    { ...(acr !== undefined && { acr }), ...(amr && { amr }) },
    events,
    new Date(0),
  ).met;
  if (!reachable) throw wrong(code, `policies: ${name} asks for something that nobody can prove`);
}
