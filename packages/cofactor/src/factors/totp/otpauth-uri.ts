import { digits, period } from './code.ts';

/** Longest account name in the label. More would only make the QR code harder to scan. */
const maxAccountLength = 64;

/**
 * The address that an authenticator app reads from the QR code ("Key Uri Format" of Google Authenticator).
 *
 * Issuer and account are percent-encoded, each on its own, so that nothing in a user name can become a parameter
 * or another issuer. Key, algorithm, digits and period are said once, defaults included.
 */
export function otpauthUri(issuer: string, identifier: string, key: string): string {
  const account = accountName(identifier);
  const label = encodeURIComponent(issuer) + (account === '' ? '' : `:${encodeURIComponent(account)}`);
  return (
    `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent(issuer)}` +
    `&algorithm=SHA1&digits=${digits}&period=${period}`
  );
}

/** The identifier as a label can carry it: on one line, well-formed, and not too long. */
export function accountName(identifier: string): string {
  const line = identifier
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= maxAccountLength
    ? line
    : `${characters.slice(0, maxAccountLength - 1).join('')}…`;
}
