/**
 * What ours stands on, bare: oidc-provider with what it comes with, its in-memory adapter included, mounted in the
 * way that costs it least. Told are only the client, a key for ES256, and that clients may ask about tokens.
 */
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { oidcClient } from '../oidc-client.ts';
import { readConfig, serveHttp } from './serve.ts';

const config = readConfig();
// What it says is that this is not how to run it in earnest.
console.info = console.warn = () => undefined;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(config.origin, {
  clients: [
    {
      client_id: oidcClient.id,
      client_secret: oidcClient.secret,
      redirect_uris: [oidcClient.redirectUri],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' }] },
  features: { introspection: { enabled: true } },
});
provider.proxy = true;

const listener = provider.callback();
await serveHttp((request, response) => void listener(request, response), config);
