import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';

onEachDatabase('U5 a proof for this very request', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;

  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  it('is asked for however fresh another one is, and is one afterwards', async () => {
    const browser = await signInWithCode(app, person);
    const usual = await browser.post('/auth/step-up', { returnTo: '/' });
    expect(usual.body.status).toBe('done');
    const anew = await browser.post('/auth/step-up', { returnTo: '/', anew: true });
    if (anew.body.status !== 'more-needed') throw new Error(`nothing is asked: ${anew.text}`);
    expect(anew.body.ceremony.offers.map(({ authenticator }) => authenticator)).toContain(
      person.authenticator,
    );
    app.clock.advance(31);
    const response = { code: codeOf(app, person) };
    const { body } = await browser.post('/auth/ceremony', { authenticator: person.authenticator, response });
    expect(body.status).toBe('done');
    // Each request that asks for one gets one.
    expect((await browser.post('/auth/step-up', { anew: true })).body.status).toBe('more-needed');
  });

  it('is asked of who has nothing but a password, too', async () => {
    const other = await register(app);
    const anew = await other.browser.post('/auth/step-up', { anew: true });
    expect(anew.body.status).toBe('more-needed');
  });

  it('I-24 takes nothing but true and false', async () => {
    const { browser } = await register(app);
    expect((await browser.post('/auth/step-up', { anew: 'yes' })).problem).toBe('malformed');
  });
});
