export { createServer, type Listening, type Server, type ServerPorts } from './server/create.ts';
export { runServer } from './server/run.ts';
export { metricTable, type Metric, type MetricName } from './server/metrics/names.ts';
export { loadSettings, SettingsError, type Sources } from './settings/load.ts';
export { settingsTable, type Setting, type Settings } from './settings/table.ts';
