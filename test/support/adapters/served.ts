import type { FastifyInstance } from 'fastify';
import type { Cofactor, HostProof, StepOutcome } from 'cofactor';
import type { SiteView, SiteViewOptions, Visitor } from 'cofactor/http';
import type { Transport } from '../browser.ts';

/** A realm, and where it goes if not to `/auth`. */
export interface MountedRealm {
  readonly auth: Cofactor;
  readonly base?: string;
}

/** A small application that looks the same whatever it runs on. */
export interface Served {
  readonly transport: Transport;
  /** The application itself, where it runs on Fastify; to touch it is an error elsewhere. */
  readonly app: FastifyInstance;
  /** A route of the application's own, for GET unless `options` says otherwise. A path may end with `/*`. */
  route(path: string, handler: Handler, options?: RouteOptions): void;
  /** Listens on a port of its own, for requests that no client would send. */
  listen(): Promise<number>;
  close(): Promise<void>;
}

export interface RouteOptions {
  readonly methods?: readonly ('GET' | 'POST')[];
  readonly policy?: string;
  /** The realm of the policy. */
  readonly realm?: string;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** Nothing, where the answer is there already: see `signInFromHost`. */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      /** A string goes out as it is, anything else as JSON. */
      readonly body: unknown;
    }
  | undefined;

/** A request to the application's own routes, and what Cofactor adds to it. */
export interface Call {
  /** The JSON that was sent. */
  readonly body: unknown;
  readonly query: URLSearchParams;
  visitor(realm?: string): Promise<Visitor>;
  account(realm?: string, options?: SiteViewOptions): Promise<SiteView>;
  signInFromHost(proof: Omit<HostProof, 'client'>, realm?: string): Promise<StepOutcome>;
}

export const notFastify: FastifyInstance = new Proxy({} as FastifyInstance, {
  get() {
    throw new Error('this application does not run on Fastify');
  },
});

/** The site of a realm; without a name the first. */
export function siteNamed<Site>(sites: ReadonlyMap<string, Site>, name: string | undefined): Site {
  const [first] = sites.values();
  const site = name === undefined ? first : sites.get(name);
  if (!site) throw new Error(`no realm ${name}`);
  return site;
}
