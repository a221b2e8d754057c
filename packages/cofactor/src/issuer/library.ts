import { assertPeer, peer } from '../base/peer.ts';

const name = 'openid-client';
const neededBy = 'OpenID Connect sign-in';

assertPeer(name, neededBy);

/** What speaks the protocol. Loaded with the first sign-in that needs it. */
export const client: () => Promise<typeof import('openid-client')> = peer(
  name,
  neededBy,
  () => import('openid-client'),
);
