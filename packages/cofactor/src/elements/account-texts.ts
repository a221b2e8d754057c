import { enAccount } from './texts.en.account.ts';
import { addAccountTexts } from './texts.ts';

// Imported by the pages that say more than a sign-in does, whose script is counted in bytes.
addAccountTexts(enAccount);
