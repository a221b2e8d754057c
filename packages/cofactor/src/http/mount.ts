import type { Policy } from '../assurance/index.ts';
import { CofactorError } from '../base/errors.ts';
import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import type { HostProof } from '../core/ceremonies/sign-in.ts';
import type { Cofactor } from '../core/cofactor.ts';
import type { BodyRead } from '../web/body.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import { admit, guard, visitorOf, type Guarded, type Visitor } from './guard.ts';
import { clientOf, createHandler, failed, unreadable, type Handler } from './handle.ts';
import { outcomeHeaders } from './host.ts';
import { siteView, type SiteView, type SiteViewOptions } from './site-view.ts';
import { rootDocuments, type Document } from './well-known.ts';

/** A realm, and where in an application it goes. */
export interface MountOptions {
  /** What `createCofactor` returned. */
  readonly auth: Cofactor;
  /** Where the routes and pages live (`/auth`). */
  readonly base?: string;
  /** Whether what others look for under `/.well-known/` is answered (true). */
  readonly wellKnown?: boolean;
}

/** What an application hands over that proved a first factor itself. */
export type OwnProof = Omit<HostProof, 'client'>;

/**
 * @throws {CofactorError} `ERR_CONFIG_BASE`
 */
export function checkBase(base: string): void {
  if (/^(\/[a-z0-9-]+)+$/.test(base)) return;
  throw new CofactorError('ERR_CONFIG_BASE', 'base takes a path without a slash at its end, e.g. /auth.');
}

/**
 * A realm in an application that has neither hooks for its start nor a place to keep things with a request: all that an
 * adapter does but the conversions. `of` is the request as the application knows it, one object for its whole way.
 */
export class Mount {
  readonly auth: Cofactor;
  readonly base: string;
  readonly #handle: Handler;
  readonly #documents: ReadonlyMap<string, Document>;
  readonly #visitors = new WeakMap<object, Visitor>();
  #started: Promise<void> | null = null;

  /** @throws {CofactorError} `ERR_CONFIG_BASE`, and what is wrong with the configuration otherwise */
  constructor({ auth, base = '/auth', wellKnown = true }: MountOptions) {
    checkBase(base);
    this.auth = auth;
    this.base = base;
    this.#handle = createHandler(auth, base);
    const documents = [...rootDocuments(auth, base)];
    this.#documents = new Map(documents.filter(([path]) => wellKnown || !path.startsWith('/.well-known/')));
  }

  /** Once; whoever asks waits for the same start. One that failed is tried again by the next. */
  start(): Promise<void> {
    this.#started ??= this.auth.start().catch((error: unknown) => {
      this.#started = null;
      throw error;
    });
    return this.#started;
  }

  /** Whether it is ours to answer. */
  owns(request: HttpRequest): boolean {
    return pathOf(request).startsWith(`${this.base}/`) || this.#documentFor(request) !== undefined;
  }

  /** Answers a request that is ours. Never throws. */
  async answer(request: HttpRequest, read: BodyRead): Promise<HttpResponse> {
    try {
      if ('fault' in read) {
        if (read.fault === 'already-read') throw tooLate();
        this.auth.engine.config.log.info({ fault: read.fault }, 'unreadable request');
        return unreadable(this.auth);
      }
      const document = this.#documentFor(request);
      if (document) return document(request);
      await this.start();
      return await this.#handle({ ...request, body: read.bytes });
    } catch (error) {
      return failed(this.auth, error);
    }
  }

  async visitor(of: object, request: HttpRequest): Promise<Visitor> {
    const known = this.#visitors.get(of);
    if (known) return known;
    await this.start();
    return this.#keep(of, await visitorOf(this.auth, request));
  }

  /** `admit` of `http/guard.ts`. */
  admit(of: object, policy: Policy, request: HttpRequest): Visitor | null {
    const visitor = admit(this.auth, policy, request);
    return visitor && this.#keep(of, visitor);
  }

  /** `guard` of `http/guard.ts`. Never throws. */
  async guard(of: object, policy: string, request: HttpRequest): Promise<Guarded> {
    try {
      await this.start();
    } catch (error) {
      return { response: failed(this.auth, error) };
    }
    const decided = await guard(this.auth, this.base, policy, request);
    if ('visitor' in decided) this.#keep(of, decided.visitor);
    return decided;
  }

  async account(request: HttpRequest, options?: SiteViewOptions): Promise<SiteView> {
    await this.start();
    return siteView(this.auth, this.base, request, options);
  }

  /** What came of a first factor that the application proved, and what to answer; `null` for a refusal. */
  async signInFromHost(
    of: object,
    request: HttpRequest,
    proof: OwnProof,
  ): Promise<{ readonly outcome: StepOutcome; readonly response: HttpResponse | null }> {
    const { session } = await this.visitor(of, request);
    const client = clientOf(this.auth, request);
    const outcome = await this.auth.signInFromHost({ session, ...proof, client });
    const headers = await outcomeHeaders(this.auth, this.base, outcome);
    return { outcome, response: headers && { status: 303, headers, body: null } };
  }

  #keep(of: object, visitor: Visitor): Visitor {
    this.#visitors.set(of, visitor);
    return visitor;
  }

  #documentFor(request: HttpRequest): Document | undefined {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    return this.#documents.get(pathOf(request));
  }
}

function pathOf({ url }: HttpRequest): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/** What a parser made of a body is not what was sent; nobody is let in by it, or kept out without a word. */
function tooLate(): CofactorError {
  return new CofactorError(
    'ERR_CONFIG_BODY_PARSER',
    'The body of a request was read before it came to Cofactor.',
    {
      detail:
        'Put app.use(site.routes) before app.use(express.json()) and other body parsers; where a Request is read elsewhere, hand over request.clone().',
    },
  );
}
