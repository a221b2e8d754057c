/**
 * For a server in a process of its own (`node --import`): each SIGUSR2 puts its clock half a minute ahead, so that no test
 * waits for what is asked of people twice a minute at most.
 */
const System = Date;
let ahead = 0;
process.on('SIGUSR2', () => (ahead += 31_000));

globalThis.Date = class extends System {
  constructor(...given) {
    super(...(given.length === 0 ? [System.now() + ahead] : given));
  }
  static now() {
    return System.now() + ahead;
  }
};
