import { returned, type Returned } from './returned.ts';

/**
 * The script of the page that people come back to from another site. Before anything else is asked for, what they bring
 * along is taken out of the address bar: what stays there is seen, bookmarked and copied (I-28). So the page itself is a
 * script of its own, under an address that differs from this one in its name alone.
 */
const came = returned(location.search);
history.replaceState(null, '', location.pathname);

const page = import.meta.url.replace('/callback.js', '/callback-page.js');
(import(/* @vite-ignore */ page) as Promise<{ begin(came: Returned | null): void }>).then(
  ({ begin }) => begin(came),
  // Without it nothing can be shown here, and another way in can.
  () => location.replace(location.pathname.replace(/\/external\/.*$/, '/sign-in')),
);
