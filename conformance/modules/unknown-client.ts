import { describe, fail, type Module } from '../check.ts';
import { attacker } from '../drivers/driver.ts';

export const unknownClient: Module = {
  name: 'unknown-client',
  checks: 'an unknown client or redirect URI gets an error page of the issuer, and never a redirect',
  spec: 'RFC 6749 4.1.2.1; RFC 9700 2.1, 4.1.3',
  guards: ['I-19', 'I-25'],
  async run(check) {
    const { redirectUri } = check.client;
    // Somebody for whom a code would be at hand at once.
    const { person } = await check.weakSession();
    const expectPage = async (name: string, value: string): Promise<void> => {
      const raw = [[name, null], ...(value ? [[name, value] as const] : [])] as const;
      const answer = await check.authorize(person, { raw });
      const what = `${name}=${value}`;
      if (answer.kind !== 'page') fail(`${what} is not answered by an error page: ${describe(answer)}`);
      if (new URL(answer.url).origin !== new URL(check.server.authorization_endpoint ?? '').origin) {
        fail(`${what} leads away, to ${answer.url}`);
      }
      // 0 where the driver cannot know it.
      if (answer.status !== 0 && (answer.status < 400 || answer.status > 499)) {
        fail(`${what} is answered with ${answer.status}`);
      }
    };

    await expectPage('client_id', 'nobody-has-this-one');
    await expectPage('client_id', '');
    const { host, hostname } = new URL(redirectUri);
    for (const likeness of [
      `${redirectUri}/more`,
      `${redirectUri}?more=1`,
      `${redirectUri}#part`,
      redirectUri.replace(host, `${hostname}.${attacker}`),
      redirectUri.replace(host, attacker),
      redirectUri.replace('://', `://${hostname}@${attacker}/`),
      'javascript:alert(1)',
    ]) {
      await expectPage('redirect_uri', likeness);
    }
  },
};
