import { isNeeded, keyUse, reEncrypt, type KeyUse, type ReEncrypted } from 'cofactor/maintenance';
import type { Cofactor } from 'cofactor';
import { byOf, type Result, type Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { changeKeyFile, keySourceOf, newKey } from '../key-file.ts';
import { plural, table } from '../text.ts';

interface RealmUse {
  readonly realm: string;
  readonly keys: readonly KeyUse[];
}

async function useOf(realms: ReadonlyMap<string, Cofactor>): Promise<readonly RealmUse[]> {
  const uses: RealmUse[] = [];
  for (const [realm, auth] of realms) uses.push({ realm, keys: await keyUse(auth) });
  return uses;
}

/** One key in all realms. */
interface KeyView {
  readonly id: string;
  readonly newest: boolean;
  readonly inRing: boolean;
  readonly needed: boolean;
  readonly sealed: number;
  readonly codes: number;
  readonly people: number;
  readonly auditRows: number;
}

function viewsOf(uses: readonly RealmUse[]): readonly KeyView[] {
  const ids = [...new Set(uses.flatMap(({ keys }) => keys.map(({ id }) => id)))];
  return ids.map((id) => {
    const own = uses.flatMap(({ keys }) => keys.filter((key) => key.id === id));
    const sum = (count: (key: KeyUse) => number): number => own.reduce((n, key) => n + count(key), 0);
    return {
      id,
      newest: own.some(({ newest }) => newest),
      inRing: own.some(({ inRing }) => inRing),
      needed: own.some(isNeeded),
      sealed: sum(sealedWith),
      codes: sum(({ codes }) => codes.count),
      people: sum(({ codes }) => codes.people),
      auditRows: sum(({ audit }) => audit.rows),
    };
  });
}

const sealedWith = ({ sealed }: KeyUse): number => Object.values(sealed).reduce((n, count) => n + count, 0);

function stateOf({ newest, inRing, needed }: KeyView): string {
  if (!inRing) return 'missing';
  return newest ? 'newest' : needed ? 'needed' : 'not needed';
}

export async function list(run: Run): Promise<Result> {
  const realms = await (await run.open()).every();
  const uses = await useOf(realms);
  const keys = viewsOf(uses);
  const missing = keys.filter(({ inRing }) => !inRing);
  const old = keys.filter(({ newest, inRing }) => inRing && !newest);
  const notes = [
    ...missing.map(
      ({ id }) => `Key ${id} is missing: what it protects cannot be used. Put it back into the keys.`,
    ),
    ...(old.some(({ sealed }) => sealed > 0)
      ? ['Sealed secrets move to the newest key with: cofactor keys re-encrypt']
      : []),
    ...old.filter(({ needed }) => !needed).map(({ id }) => `Nothing needs ${id}: cofactor keys remove ${id}`),
  ];
  return {
    ...(missing.length > 0 && { exit: 'problem' as const }),
    json: { keys, realms: uses },
    text: table(
      ['key', 'state', 'sealed secrets', 'unused codes', 'rows of the record'],
      keys.map((key) => [key.id, stateOf(key), key.sealed, key.codes, key.auditRows]),
    ),
    notes,
  };
}

export async function rotate(run: Run): Promise<Result> {
  if (run.flag('signing')) return rotateSigning(run);
  if (run.flag('immediately')) throw new CommandError('usage', '--immediately belongs to --signing.');
  const { settings, io } = run;
  const source = keySourceOf(settings, io.env, run.settingsFile);
  if (source.kind === 'settings') {
    const key = newKey(settings.keys ?? [], io.clock.now(), io.random);
    const steps = [
      `Add it behind the others in ${source.where}, on every node, and restart them: they can read what it seals.`,
      'Then put it first, on every node, and restart them again: they seal with it.',
      'Then run: cofactor keys re-encrypt',
    ];
    return {
      json: { key, placed: false, where: source.where, steps },
      text: `${key.id}:${key.secret}`,
      notes: [
        `A new key, shown once and stored nowhere. The keys of this server stand in ${source.where}, which is not changed here.`,
        ...steps.map((step, n) => `  ${n + 1}. ${step}`),
      ],
    };
  }
  // Makes the file, where this is the first thing that is done.
  const realms = await (await run.open()).every();
  let id = '';
  changeKeyFile(source.file, (keys) => {
    const key = newKey(keys, io.clock.now(), io.random);
    ({ id } = key);
    return [key, ...keys];
  });
  await recordKeys(run, realms, { added: id });
  return {
    json: { key: { id }, placed: true, where: source.file, steps: ['cofactor keys re-encrypt'] },
    text: `${id} is the newest key now, in ${source.file}.`,
    notes: [
      'A running server takes it up within a second. Keep a copy of the file: without it nothing that it protects can be read.',
      'Next: cofactor keys re-encrypt',
    ],
  };
}

/** Who changed the keys, in the record of every realm that they are for. */
async function recordKeys(
  run: Run,
  realms: ReadonlyMap<string, Cofactor>,
  change: { readonly added: string } | { readonly removed: string },
): Promise<void> {
  const data = { ...change, by: byOf(run) };
  for (const [realm, { engine }] of realms) {
    await engine.store.appendAudit(realm, engine.audit.entry('keys-changed', null, data));
  }
}

async function rotateSigning(run: Run): Promise<Result> {
  const open = await run.open();
  const immediately = run.flag('immediately');
  const names = run.option('realm') === undefined ? [...open.realms.keys()] : [run.option('realm') ?? ''];
  for (const name of names) open.realm(name);
  if (immediately) {
    await run.confirm('Whatever the signing keys of now have signed is worth nothing from then on. Go on?');
  }
  for (const name of names) await (await open.oidc(name)).rotateKeys({ immediately, by: byOf(run) });
  const from = new Date(run.io.clock.now().getTime() + (immediately ? 0 : 3_600_000));
  return {
    json: { signing: names, immediately, signsFrom: from.toISOString() },
    text: `New signing keys for ${names.join(' and ')}.`,
    notes: [
      immediately
        ? 'The old ones are gone. Running servers notice within a minute.'
        : `They are published now and sign from ${from.toISOString()} on, when everybody has seen them.`,
    ],
  };
}

/** Times that everything is gone through, where others are at work on it meanwhile. */
const mostPasses = 3;

export async function reEncryptAll(run: Run): Promise<Result> {
  const realms = await (await run.open()).every();
  const done: { realm: string; outcome: ReEncrypted }[] = [];
  for (const [realm, auth] of realms) {
    const bar = run.progress(realms.size > 1 ? `sealing anew (${realm})` : 'sealing anew');
    const progress = ({ done: rows, total }: { done: number; total: number }): void =>
      bar.update(rows, total);
    const { signal } = run;
    const options = { progress, signal, by: byOf(run) };
    let outcome = await reEncrypt(auth, options);
    for (let pass = 1; pass < mostPasses && outcome.passedBy > 0 && !outcome.stopped; pass += 1) {
      const again = await reEncrypt(auth, options);
      outcome = { ...again, resealed: outcome.resealed + again.resealed };
    }
    bar.end();
    done.push({ realm, outcome });
    if (outcome.stopped) break;
  }
  const stopped = done.some(({ outcome }) => outcome.stopped);
  const unreadable = done.flatMap(({ realm, outcome }) =>
    outcome.unreadable.map((one) => ({ realm, ...one })),
  );
  const keys = viewsOf(await useOf(realms));
  const old = keys.filter(({ newest }) => !newest);
  const resealed = done.reduce((n, { outcome }) => n + outcome.resealed, 0);
  return {
    ...(unreadable.length > 0
      ? { exit: 'problem' as const }
      : (stopped || old.some(({ sealed }) => sealed > 0)) && { exit: 'partly' as const }),
    json: {
      resealed,
      stopped,
      unreadable,
      realms: done.map(({ realm, outcome: { resealed: anew, current, passedBy } }) => {
        return { realm, resealed: anew, current, passedBy };
      }),
      keys,
    },
    text: `${plural(resealed, 'secret')} sealed with the newest key.`,
    notes: [
      ...(stopped ? ['Stopped before the end. Run it again: it goes on.'] : []),
      ...unreadable
        .slice(0, 20)
        .map(({ realm, table: where, id, why }) => `Cannot be read: ${where} ${id} of ${realm} (${why})`),
      ...(unreadable.length > 20 ? [`... and ${unreadable.length - 20} more`] : []),
      ...old.map(whatIsLeft),
    ],
  };
}

/** Why a key has to stay, in words. */
function whatIsLeft(key: KeyView): string {
  const { id, sealed, codes, people, auditRows, needed } = key;
  if (!needed) return `Nothing needs ${id} any more: cofactor keys remove ${id}`;
  const why = [
    ...(sealed > 0 ? [`${plural(sealed, 'sealed secret')} (run cofactor keys re-encrypt again)`] : []),
    ...(codes > 0
      ? [
          `${plural(codes, 'unused recovery code')} of ${plural(people, 'person', 'people')}, kept as hashes that only the codes themselves could make anew; they go when people make new ones`,
        ]
      : []),
    ...(auditRows > 0
      ? [
          `${plural(auditRows, 'row')} of the record, which only it verifies; they go with retention (cofactor audit prune)`,
        ]
      : []),
  ];
  return `${id} is still needed for ${why.join('; and ')}.`;
}

export async function remove(run: Run): Promise<Result> {
  const id = run.argument('key');
  const realms = await (await run.open()).every();
  const views = viewsOf(await useOf(realms));
  const view = views.find((key) => key.id === id);
  if (!view?.inRing) throw new CommandError('not-found', `There is no key ${id} in the keys of this server.`);
  if (view.newest)
    throw new CommandError('refused', `${id} is the newest key.`, 'First: cofactor keys rotate');
  if (view.needed) throw new CommandError('refused', whatIsLeft(view));
  const source = keySourceOf(run.settings, run.io.env, run.settingsFile);
  if (source.kind === 'settings') {
    return {
      json: { key: { id }, removed: false, where: source.where },
      text: `Nothing needs ${id}.`,
      notes: [`Take it out of ${source.where} on every node, and restart them.`],
    };
  }
  await run.confirm(
    `Remove key ${id} from ${source.file}? What only an older backup needs it for is lost with it.`,
  );
  changeKeyFile(source.file, (keys) => keys.filter((key) => key.id !== id));
  await recordKeys(run, realms, { removed: id });
  return { json: { key: { id }, removed: true, where: source.file }, text: `${id} is removed.` };
}
