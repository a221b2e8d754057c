export {
  createWebhooks,
  type Webhook,
  type WebhookStatus,
  type Webhooks,
  type WebhooksOptions,
} from './webhooks.ts';
export type { WebhookSettings } from './settings.ts';
export { verifyWebhook, type WebhookEvent } from './verify.ts';
