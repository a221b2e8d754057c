import type { BackOfficeContext, Permission, RealmView } from '../src/back-office/contract.ts';

/** What holds for every view: who is here, what they may do, and what there is. Set by the shell before any view is. */
let current: BackOfficeContext | null = null;

export function setContext(context: BackOfficeContext): void {
  current = context;
}

export function context(): BackOfficeContext {
  if (!current) throw new Error('the shell asks for the context before it shows a view');
  return current;
}

export function may(permission: Permission): boolean {
  return context().me.permissions.includes(permission);
}

export function realmOf(name: string | undefined): RealmView | undefined {
  return context().realms.find(({ realm }) => realm === name);
}

/** What a view tells that is over: said by the shell, and read out. */
let tell: (text: string) => void = () => {};

export function whenTold(act: (text: string) => void): void {
  tell = act;
}

export function notify(text: string): void {
  tell(text);
}
