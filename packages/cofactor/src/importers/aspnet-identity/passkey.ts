import type { ForeignCredential } from '../../core/provider.ts';
import { base64 } from '../row.ts';

/** The JSON in which ASP.NET Core Identity keeps a credential (`IdentityPasskeyData`); `null` for what is not that. */
export function credentialOf(id: Uint8Array, userId: string, json: string): ForeignCredential | null {
  const data = parsed(json);
  const publicKey = bytesIn(data, 'publickey');
  const signCount = data.get('signcount');
  const transports = data.get('transports') ?? [];
  const flags = ['isuserverified', 'isbackupeligible', 'isbackedup'].map((name) => data.get(name));
  const [userVerified, backupEligible, backedUp] = flags;
  const made = data.get('attestationobject') ?? null;
  const attestationObject = made === null ? undefined : bytesIn(data, 'attestationobject');
  const name = data.get('name');
  if (
    !publicKey ||
    attestationObject === null ||
    typeof signCount !== 'number' ||
    !Array.isArray(transports) ||
    !transports.every((one): one is string => typeof one === 'string') ||
    typeof userVerified !== 'boolean' ||
    typeof backupEligible !== 'boolean' ||
    typeof backedUp !== 'boolean'
  ) {
    return null;
  }
  return {
    kind: 'credential',
    id,
    publicKey,
    // The UTF-8 of the account's id: what the credential goes on calling its user.
    userHandle: new TextEncoder().encode(userId),
    signCount,
    userVerified,
    backupEligible,
    backedUp,
    transports,
    ...(attestationObject && { attestationObject }),
    ...(typeof name === 'string' && name !== '' && { name }),
  };
}

/** By name in lower case: how the names are written is up to the application's JSON options. */
function parsed(json: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const entries = isObject ? Object.entries(value) : [];
    return new Map(entries.map(([name, one]): [string, unknown] => [name.toLowerCase(), one]));
  } catch {
    return new Map();
  }
}

function bytesIn(data: ReadonlyMap<string, unknown>, name: string): Uint8Array | null {
  const text = data.get(name);
  return typeof text === 'string' ? base64(text) : null;
}
