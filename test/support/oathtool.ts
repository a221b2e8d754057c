import { execFileSync } from 'node:child_process';

/** The code that an authenticator app would show: made by oathtool, which shares no code with Cofactor. */
export function oathtoolCode(base32: string, at: Date = new Date()): string {
  const seconds = Math.floor(at.getTime() / 1000);
  // The key goes over standard input: on the command line every process of the machine could read it.
  return execFileSync('oathtool', ['--totp', '--base32', `--now=@${seconds}`, '-'], {
    input: base32,
    encoding: 'utf8',
  }).trim();
}
