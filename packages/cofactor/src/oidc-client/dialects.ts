import { checkedDialect, type Dialect } from './dialect.ts';

/**
 * What makers of identity providers say of their own servers, looked up in November 2026. A value is in here only where
 * they say that it means several factors. A method alone (`otp`, `sms`, `hwk`, `fido`), a second channel (`mca`) or "if
 * possible" is not that. Where it depends on how a tenant is set up there is nothing (`silence` says so), and the comment
 * says what to add with `extendDialect`: without it, everybody who signs in there has one factor.
 */
export interface Dialects {
  /**
   * Microsoft Entra ID. Its v1.0 id_tokens have `amr`; those of v2.0 do not, and cannot be made to. There, have
   * Conditional Access ask for MFA in an authentication context, and add its id, which is each tenant's own:
   *
   * ```ts
   * extendDialect(dialects.entra, {
   *   says: [{ claim: 'acrs', value: 'c1', level: 'mfa' }],
   *   asks: { mfa: { claims: { id_token: { acrs: { essential: true, value: 'c1' } } } } },
   * });
   * ```
   *
   * `auth_time` is an optional claim of the application; without it nothing is ever fresh.
   */
  readonly entra: Dialect;
  /**
   * Okta, both engines. `phr` and `phrh` are not in here: they say that something was shown which cannot be phished, and
   * that is one factor. Add them as rules where your policies ask for two along with them. `urn:okta:loa:2fa:any:ifpossible`
   * is said of one factor too.
   */
  readonly okta: Dialect;
  /**
   * Auth0. What is asked for is done by an Action of the tenant, which calls `api.multifactor.enable`; without it nothing
   * happens. A silent sign-in is told without `amr`, and counts as one factor.
   */
  readonly auth0: Dialect;
  /**
   * Keycloak. `acr` is what the realm maps to its levels of authentication, and `amr` needs a mapper and a reference at
   * each step of the flow. Add the value of the level that your flow gives for two factors:
   *
   * ```ts
   * extendDialect(dialects.keycloak, {
   *   says: [{ claim: 'acr', value: 'gold', level: 'mfa' }],
   *   asks: { mfa: { claims: { id_token: { acr: { essential: true, values: ['gold'] } } } } },
   * });
   * ```
   */
  readonly keycloak: Dialect;
  /**
   * Google. Since June 2026 verified applications can be told `amr`, where `mfa` is "a Multi-Factor Authentication
   * challenge, such as using a recovery factor". That a password was there as well is not said, and Google cannot be asked
   * to sign somebody in anew, so it stands for one factor here. Who takes it for more adds
   * `{ claim: 'amr', value: 'mfa', level: 'mfa' }`.
   */
  readonly google: Dialect;
  /**
   * PingOne and PingFederate. `acr` is the name of the tenant's own sign-on policy or flow. Add the one that asks for two
   * factors, as it is written there, and ask for it with `acrValues`.
   */
  readonly ping: Dialect;
  /**
   * Duende IdentityServer with ASP.NET Core Identity or its own user management. The sign-in page is yours: it has to
   * honour `acr_values=mfa`, and to give `amr` the value `mfa` only after a second factor.
   */
  readonly duende: Dialect;
  /**
   * Amazon Cognito, plans Essentials and Plus. Levels 1 to 3 can each be reached with one thing (3 with a passkey alone).
   * Level 4, which is asked for, is a password and an authenticator app: where people have codes by mail or text message
   * in place of the app, ask for `urn:cognito:loa:4 urn:cognito:loa:3`.
   */
  readonly cognito: Dialect;
  /**
   * AD FS. What is in an id_token is decided by claim rules. Have one pass on the authentication methods as `amr`, and
   * add `{ claim: 'amr', value: 'http://schemas.microsoft.com/claims/multipleauthn', level: 'mfa' }`. A claim with one
   * value comes as a text there, and a text is no list: it counts as nothing.
   */
  readonly adfs: Dialect;
  /** Umbraco ID. It has MFA, and its documentation names nothing in the id_token that says so. */
  readonly umbracoId: Dialect;
  /** The OpenID Connect server of this package, `cofactor/oidc-server`. */
  readonly cofactor: Dialect;
}

const entra =
  'https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference#amr-claim';
const oktaAcr =
  'https://developer.okta.com/docs/guides/step-up-authentication/main/#predefined-parameter-values';
const oktaAmr = 'https://developer.okta.com/docs/guides/configure-claims-sharing/thirdpartyoidc/main/';
const auth0 =
  'https://auth0.com/docs/secure/multi-factor-authentication/step-up-authentication/configure-step-up-authentication-for-web-apps';
const keycloak = 'https://github.com/keycloak/keycloak/pull/24299';
const google = 'https://developers.google.com/identity/siwg/security-bundle';
const ping =
  'https://developer.pingidentity.com/pingone-api/foundations/authentication-concepts/access-tokens-and-id-tokens/token-claims.html';
const duende = 'https://docs.duendesoftware.com/identityserver/ui/login/mfa/';
const cognito =
  'https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-step-up-authentication.html';
const own = 'docs/openid-connect-server.md';

/** How the servers that are widely used say that MFA was done, and how they are asked for it. */
export const dialects: Dialects = Object.freeze({
  entra: checkedDialect({
    name: 'entra',
    says: [
      { claim: 'amr', value: 'mfa', level: 'mfa', source: entra },
      { claim: 'amr', value: 'ngcmfa', level: 'mfa', source: entra },
    ],
    enableMfa: 'https://mysignins.microsoft.com/security-info',
  }),
  okta: checkedDialect({
    name: 'okta',
    says: [
      { claim: 'amr', value: 'mfa', level: 'mfa', source: oktaAmr },
      { claim: 'acr', value: 'urn:okta:loa:2fa:any', level: 'mfa', source: oktaAcr },
    ],
    asks: { mfa: { acrValues: 'urn:okta:loa:2fa:any', source: oktaAcr } },
  }),
  auth0: checkedDialect({
    name: 'auth0',
    says: [{ claim: 'amr', value: 'mfa', level: 'mfa', source: auth0 }],
    asks: {
      mfa: { acrValues: 'http://schemas.openid.net/pape/policies/2007/06/multi-factor', source: auth0 },
    },
  }),
  keycloak: checkedDialect({
    name: 'keycloak',
    says: [],
    silence: { why: 'where-configured', source: keycloak },
  }),
  google: checkedDialect({
    name: 'google',
    says: [],
    silence: { why: 'not-said', source: google },
    enableMfa: 'https://myaccount.google.com/signinoptions/two-step-verification',
  }),
  ping: checkedDialect({ name: 'ping', says: [], silence: { why: 'where-configured', source: ping } }),
  duende: checkedDialect({
    name: 'duende',
    says: [{ claim: 'amr', value: 'mfa', level: 'mfa', source: duende }],
    asks: { mfa: { acrValues: 'mfa', source: duende } },
  }),
  cognito: checkedDialect({
    name: 'cognito',
    says: [{ claim: 'amr', value: 'mfa', level: 'mfa', source: cognito }],
    asks: { mfa: { acrValues: 'urn:cognito:loa:4', source: cognito } },
  }),
  // Of these two no page is known that says so.
  adfs: checkedDialect({ name: 'adfs', says: [], silence: { why: 'where-configured' } }),
  umbracoId: checkedDialect({ name: 'umbracoId', says: [], silence: { why: 'not-said' } }),
  cofactor: checkedDialect({
    name: 'cofactor',
    says: [
      { claim: 'acr', value: 'mfa', level: 'mfa', source: own },
      { claim: 'acr', value: 'phr', level: 'phr', source: own },
      { claim: 'acr', value: 'phrh', level: 'phrh', source: own },
      { claim: 'amr', value: 'mfa', level: 'mfa', source: own },
    ],
    asks: {
      mfa: { acrValues: 'mfa', source: own },
      phr: { acrValues: 'phr', source: own },
      phrh: { acrValues: 'phrh', source: own },
    },
  }),
});
