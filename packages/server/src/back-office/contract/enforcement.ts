// What is demanded of whom.

/** `GET /admin/api/realms/:realm/enforcement` (enforcement.read). */
export interface RuleList {
  readonly rules: readonly RuleView[];
  /** What can be demanded, lowest first. */
  readonly levels: readonly string[];
}

/** Whom a rule is about: everybody, or whoever has one of these roles or groups, or signs in to one of these clients. */
export type RuleScope =
  | { readonly everybody: true }
  | { readonly roles: readonly string[] }
  | { readonly groups: readonly string[] }
  | { readonly clients: readonly string[] };

export interface RuleBody {
  readonly who: RuleScope;
  /** `mfa`; `phr` for what cannot be phished; `phrh` for what cannot be copied either. */
  readonly acr: string;
  /** From then on people are asked at each sign-in. */
  readonly from: string;
  /** Days after `from` in which they can put it off, 0 to 730. */
  readonly graceDays: number;
  /** What it is for, for other administrators; may be empty. */
  readonly note: string;
}

export interface RuleView extends RuleBody {
  readonly id: string;
  /** For accounts that are there already. */
  readonly state: 'announced' | 'grace' | 'due';
}

export interface PreviewBody extends RuleBody {
  /** Id of the rule that it is to be saved in place of; left out for a new one. */
  readonly replaces?: string;
}

/**
 * `POST /admin/api/realms/:realm/enforcement/preview` (enforcement.read) with a `PreviewBody`: nothing is saved. What keeps
 * a rule from being saved by whoever asks is said here beforehand: `reachable`, `lockout` and `higherRank`.
 */
export interface RulePreview {
  /** How many accounts it is about; those that are locked or invited are left out. */
  readonly affected: number;
  /** Who has what it takes already. */
  readonly meet: PreviewedPeople;
  /** Who has to set something up, and can: with a link mailed to their confirmed address, or one that was given to them. */
  readonly mustEnrol: PreviewedPeople;
  /** Who could not comply by themselves: they need an invitation, a permit, or somebody to look after their account. */
  readonly cannotComply: PreviewedPeople;
  /** How many of those who have not got what it takes could not put it off any more, were it saved now. */
  readonly atOnce: number;
  /** Whether a provider of this realm gives the level at all; where none does, saving is refused (409 `level-unreachable`). */
  readonly reachable: boolean;
  /** Why the one who asks would lock themselves out, and saving is refused (409 `locks-you-out`); `null` where they would not. */
  readonly lockout: 'session' | 'account' | null;
  /**
   * Why it is not for the one who asks to save, who is refused then (403 `higher-rank`): `named`, it is, or was, about
   * somebody of a higher rank; `short`, it is about everybody of some kind, and somebody of a higher rank has not got what it
   * takes. `null` where nobody above stands in the way.
   */
  readonly higherRank: 'named' | 'short' | null;
}
export interface PreviewedPeople {
  readonly count: number;
  /** The first 50 of them. */
  readonly first: readonly {
    readonly id: string;
    readonly identifier: string;
    /** Of those who have not got what it takes: from when on they cannot put it off any more. */
    readonly due?: string;
    /** Of those who must enrol: by what they may. */
    readonly by?: string;
    /** Of those who cannot comply: `no-channel`, `unusable`, `no-provider`. */
    readonly because?: string;
  }[];
}

/**
 * `POST /admin/api/realms/:realm/enforcement` with a `RuleBody` answers 201 `RuleView`;
 * `PUT /admin/api/realms/:realm/enforcement/:rule` with a `RuleBody` answers `RuleView`;
 * `DELETE /admin/api/realms/:realm/enforcement/:rule` (body `{}`) answers 204. All enforcement.write and _confirmed_.
 */
