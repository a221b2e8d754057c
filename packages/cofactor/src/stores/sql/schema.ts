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
    created_at: number;
    last_used_at: number | null;
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
  audit_heads: {
    realm: string;
    seq: number;
    mac: string;
  };
}
