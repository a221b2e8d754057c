export { createServer, type Server, type ServerPorts } from './server/create.ts';
export { loadSettings, SettingsError, type Sources } from './settings/load.ts';
export { settingsTable, type Setting, type Settings } from './settings/table.ts';
