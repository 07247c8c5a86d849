// Puts what the compiler leaves alone of the dashboard's page beside the scripts that it has compiled.
import { cpSync, readdirSync } from 'node:fs';

const from = new URL('src/dashboard/page/', import.meta.url);
const to = new URL('dist/dashboard/page/', import.meta.url);

for (const name of readdirSync(from)) {
  if (/\.(html|css|svg)$/.test(name)) cpSync(new URL(name, from), new URL(name, to));
}
