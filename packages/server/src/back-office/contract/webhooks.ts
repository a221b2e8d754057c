// Who is told of what happens.

/** `GET /admin/api/realms/:realm/webhooks` (webhooks.read). */
export interface WebhookList {
  readonly webhooks: readonly WebhookView[];
  /** Types of events there are, for forms. */
  readonly types: readonly string[];
}

export interface WebhookBody {
  /** What people know it as. */
  readonly name: string;
  readonly url: string;
  /** The events that it is told of, or all of them. */
  readonly types: '*' | readonly string[];
}

export interface WebhookView extends WebhookBody {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly status: WebhookStatusView;
}

/**
 * How it is doing. `paused`: it was given up after many failures, or because it is slower than things happen (`lastError` is
 * `too far behind`), and goes on when somebody resumes it.
 */
export interface WebhookStatusView {
  readonly state: 'idle' | 'delivering' | 'retrying' | 'paused';
  /** Rows of the record that it has not had yet, of whatever type. */
  readonly behind: number;
  readonly delivered: number;
  readonly missed: number;
  /** Failures in a row. */
  readonly tries: number;
  readonly failingSince: string | null;
  readonly nextTry: string | null;
  readonly lastDeliveredAt: string | null;
  readonly lastError: string | null;
}

/** `POST /admin/api/realms/:realm/webhooks` with a `WebhookBody` (webhooks.write, _confirmed_) answers 201 with this. */
export interface WebhookMade {
  readonly webhook: WebhookView;
  /** What deliveries are signed with. Shown once. */
  readonly secret: string;
}
/**
 * `PUT /admin/api/realms/:realm/webhooks/:webhook` with a `WebhookBody` answers `WebhookView`;
 * `POST /admin/api/realms/:realm/webhooks/:webhook/secret` (body `{}`) answers `WebhookMade`; the old one signs for a day;
 * `POST /admin/api/realms/:realm/webhooks/:webhook/test` (body `{}`) answers `WebhookTested`;
 * `POST /admin/api/realms/:realm/webhooks/:webhook/resume` with a `ResumeBody` answers 204;
 * `DELETE /admin/api/realms/:realm/webhooks/:webhook` (body `{}`) answers 204. All webhooks.write and _confirmed_.
 */
export interface WebhookTested {
  readonly ok: boolean;
  readonly error: string | null;
}
export interface ResumeBody {
  /** Whether the event that it could not take is left out. */
  readonly skip: boolean;
}
