import type { Account, Config, Step } from './config.ts';
import type { Codes } from './totp.ts';

/** The people there are. They take turns, so that as few as possible wait for the next code of their app. */
export class Accounts {
  readonly #all: Account[];
  readonly #codes: Codes;

  constructor({ accounts }: Config, codes: Codes) {
    this.#all = [...accounts];
    this.#codes = codes;
  }

  /** Somebody with a second factor or without, who was not asked for the longest time; `null` where there is nobody. */
  next(secondFactor: boolean): Account | null {
    const fitting = this.#all.filter((account) => account.secondFactor === secondFactor);
    const account = fitting.find((one) => this.#isFresh(one)) ?? fitting[0];
    if (!account) return null;
    this.#all.splice(this.#all.indexOf(account), 1);
    this.#all.push(account);
    return account;
  }

  #isFresh({ values }: Account): boolean {
    return Object.values(values).every((value) => this.#codes.isFresh(value));
  }
}

/** Puts the values of an account into a step: `{name}` becomes the value of that name. */
export function forAccount(step: Step, { values }: Account): Step {
  const filled = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
  if ('fill' in step) return { ...step, value: filled(step.value) };
  if ('totp' in step) return { ...step, secret: filled(step.secret) };
  return step;
}
