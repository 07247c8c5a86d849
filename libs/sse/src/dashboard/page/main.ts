import { byId } from './element.js';
import { Link } from './link.js';
import { LiveStream } from './live-stream.js';
import { Plots } from './plots.js';
import { Status } from './status.js';
import { Tables } from './tables.js';
import { Totals } from './totals.js';

/** The tables are asked for at every second look. */
const LOOKS_PER_REFRESH = 2;

const link = new Link();
const status = new Status();
const plots = new Plots();
const totals = new Totals();
const tables = new Tables();
let looks = 0;

new LiveStream({
  welcome: ({ connection, isGuarded, past }) => {
    plots.recall(past);
    tables.own = connection;
    byId('unguarded').hidden = isGuarded;
  },
  look: (view) => {
    link.heard();
    status.show(view);
    plots.add(view);
    totals.show(view);
    if (looks++ % LOOKS_PER_REFRESH === 0) void tables.refresh();
  },
  state: (state) => link.show(state),
}).start();
