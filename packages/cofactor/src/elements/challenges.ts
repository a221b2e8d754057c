/**
 * What only some ways to sign in need: challenges, codes that are sent, elements of the providers' own. Loaded when
 * the first of them is about to be used, so that a sign-in with a password never fetches it.
 */
import './discover.ts';
import './sent-code.ts';

export { loadElement } from './load-element.ts';
