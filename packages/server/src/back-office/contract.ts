/**
 * The JSON of the back office: every request below `/admin/api`, and what it is answered with. Types only, shared by the
 * server, its pages (`packages/server/ui`) and tests.
 *
 * - Who asks is signed in to the realm `users`, with its session cookie; members of other realms are nobody here.
 * - Every request but GET carries `x-csrf-token` (of `GET /admin/api/context`, the same token as `GET /auth/context`),
 *   `content-type: application/json` and a body, `{}` where nothing is to be said; browsers add `Origin`.
 * - Times are ISO 8601 strings. Lists are never null. Unknown members of a body are refused.
 * - A segment of a path that is written `:name` is one segment, encoded with `encodeURIComponent`.
 * - Errors are problem details (RFC 9457): `BackOfficeProblem`.
 *
 * A route that is marked _confirmed_ needs a proof that is at most five minutes old, of the strongest kind that the
 * administrator's account has. Without it the answer is 401 `step-up-needed`. Then: `POST /auth/step-up
 * { "returnTo": "/admin/" }` (with no `policy`), answer the ceremony as pages of `/auth` do (`POST /auth/challenges`,
 * `POST /auth/ceremony`), and send the same request again.
 */

export type * from './contract/context.ts';
export type * from './contract/users.ts';
export type * from './contract/clients.ts';
export type * from './contract/issuers.ts';
export type * from './contract/enforcement.ts';
export type * from './contract/webhooks.ts';
export type * from './contract/audit.ts';
export type * from './contract/extensions.ts';
export type * from './contract/problems.ts';
