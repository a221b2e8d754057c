/** The tables, as queries see them. Times are integer milliseconds; lists and events are JSON text. */
export interface Schema {
  users: {
    id: string;
    realm: string;
    identifier: string;
    canonical: string;
    generation: number;
    roles: string;
    created_at: number;
    disabled_at: number | null;
    email: string | null;
    email_canonical: string | null;
    email_verified_at: number | null;
    language: string | null;
    groups: string;
    claims: string;
    /** Of `[kind, name, time]`. */
    joined: string;
  };
  authenticators: {
    id: string;
    user_id: string;
    provider: string;
    usage: string;
    name: string;
    data: string;
    counter: number;
    failures: number;
    failed_at: number;
    /** What `failed_at` was before the try that is under way, to be put back where that was none. */
    failed_before: number;
    created_at: number;
    last_used_at: number | null;
    handle: string | null;
    about: string;
  };
  lookup_secrets: {
    authenticator_id: string;
    hash: string;
    used_at: number | null;
  };
  ceremonies: {
    id: string;
    realm: string;
    purpose: string;
    user_id: string;
    generation: number;
    requirement: string;
    policy: string | null;
    events: string;
    session_id: string | null;
    return_to: string;
    limit_key: string | null;
    application: string | null;
    operation_id: string | null;
    attempts: number;
    created_at: number;
    expires_at: number;
    consumed_at: number | null;
  };
  sessions: {
    id: string;
    realm: string;
    user_id: string;
    generation: number;
    events: string;
    limit_key: string | null;
    user_agent: string;
    ip: string;
    created_at: number;
    last_seen_at: number;
    expires_at: number;
    ended_at: number | null;
    login: string | null;
  };
  enrolments: {
    id: string;
    realm: string;
    user_id: string;
    generation: number;
    session_id: string;
    provider: string;
    data: string;
    return_to: string;
    attempts: number;
    created_at: number;
    expires_at: number;
    consumed_at: number | null;
  };
  challenges: {
    id: string;
    realm: string;
    provider: string;
    /** Empty for one that is not tied to an authenticator. */
    authenticator_id: string;
    data: string;
    created_at: number;
    /** When it was handed to whoever delivers it; 0 where that failed or is not done. */
    sent_at: number;
    expires_at: number;
    used_at: number | null;
  };
  devices: {
    id: string;
    realm: string;
    user_id: string;
    generation: number;
    user_agent: string;
    created_at: number;
    last_used_at: number;
    expires_at: number;
  };
  reset_tokens: TokenTable;
  email_tokens: TokenTable;
  invite_tokens: TokenTable;
  permit_tokens: TokenTable;
  setup_tokens: {
    id: string;
    realm: string;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  /** Kept by triggers: see labels.ts. */
  user_labels: {
    realm: string;
    kind: string;
    value: string;
    canonical: string;
    user_id: string;
  };
  enforcement_rules: {
    realm: string;
    id: string;
    data: string;
    created_at: number;
    updated_at: number;
  };
  operations: {
    id: string;
    realm: string;
    user_id: string;
    generation: number;
    session_id: string;
    action: string;
    digest: string;
    data: string;
    created_at: number;
    expires_at: number;
    proved_at: number | null;
    used_at: number | null;
  };
  webhooks: {
    realm: string;
    id: string;
    data: string;
    /** Sealed. */
    secret: string;
    /** Number of the last audit row that was delivered. */
    position: number;
    tries: number;
    next_try: number;
    /** Until then one node has it to itself. */
    leased_until: number;
    state: string;
    created_at: number;
    updated_at: number;
  };
  audit_anchors: {
    realm: string;
    seq: number;
    mac: string;
    at: number;
    data: string;
    seal: string;
  };
  import_rows: {
    realm: string;
    source: string;
    row_key: string;
    outcome: string;
    detail: string;
    at: number;
  };
  external_issuers: {
    realm: string;
    id: string;
    data: string;
    /** Sealed. */
    secret: string;
    created_at: number;
    updated_at: number;
  };
  sends: {
    recipient: string;
    slot: number;
    sent_at: number;
  };
  limits: {
    bucket: string;
    subject: string;
    tries: number;
    tried_at: number;
  };
  audit: {
    realm: string;
    seq: number;
    at: number;
    type: string;
    user_id: string | null;
    data: string;
    mac: string;
  };
  oidc_artifacts: {
    id: string;
    realm: string;
    kind: string;
    payload: string;
    client_id: string | null;
    grant_id: string | null;
    user_id: string | null;
    generation: number | null;
    login: string | null;
    user_code: string | null;
    created_at: number;
    expires_at: number;
    consumed_at: number | null;
  };
  oidc_sessions: {
    id: string;
    client_id: string;
    realm: string;
    user_id: string | null;
    login: string | null;
    data: string;
    grant_id: string | null;
    expires_at: number;
    /** How often its client was told that it is over, and when it may be again. */
    tries: number;
    next_try: number;
  };
  oidc_keys: {
    id: string;
    realm: string;
    alg: string;
    seq: number;
    sealed: string;
    created_at: number;
    active_at: number;
  };
  oidc_clients: {
    realm: string;
    id: string;
    data: string;
    secret: string | null;
    created_at: number;
    updated_at: number;
  };
  oidc_consents: {
    realm: string;
    user_id: string;
    client_id: string;
    data: string;
    created_at: number;
    updated_at: number;
  };
  audit_heads: {
    realm: string;
    seq: number;
    mac: string;
  };
}

/** What a link in a mail stands for. Passwords and addresses have a table each (I-02). */
export interface TokenTable {
  id: string;
  realm: string;
  user_id: string;
  generation: number;
  data: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}
