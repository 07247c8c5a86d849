// Draws the plots of a report, from the numbers that stand beside this script in the page.

const { times, plots } = JSON.parse(document.getElementById('plots').textContent);

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const STEPS = Array.from({ length: 12 }, (_, exponent) => [1, 2, 5].map((step) => step * 10 ** exponent)).flat();
const TENTHS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** From one label of the time to the next, in seconds. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

const FORMATS = {
  count: (value) => short.format(value),
  bytes: (value) => {
    const unit = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
    return `${short.format(value / 1_000 ** unit)} ${BYTE_UNITS[unit]}`;
  },
  milliseconds: (value) => {
    if (value >= 1_000) return `${short.format(value / 1_000)} s`;
    return `${value < 10 ? Number(value.toFixed(2)) : short.format(value)} ms`;
  },
};

for (const plot of plots) draw(document.getElementById(plot.id), plot);

function draw(card, { unit, lines }) {
  const format = FORMATS[unit];
  const box = card.querySelector('.drawing');
  const words = [...card.querySelectorAll('dd')];
  const inWords = words.map((node) => node.textContent);
  const axis = { stroke: () => colour('--muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const options = {
    width: box.clientWidth,
    height: box.clientHeight,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    // All plots follow the cursor together, so that what happened at one time is seen in each of them.
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'report' }, points: { size: 6 } },
    scales: {
      x: { time: false, range: (_plot, first, last) => [Math.min(first, 0), Math.max(last, 1)] },
      y: { range: (_plot, _least, highest) => [0, Math.max((highest ?? 0) * 1.12, unit === 'milliseconds' ? 0.1 : 1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        gap: 8,
        space: 60,
        incrs: TIME_STEPS,
        values: (_plot, splits) => splits.map(elapsed),
      },
      {
        ...axis,
        grid: { stroke: () => colour('--line'), width: 1 },
        size: 58,
        gap: 4,
        space: 30,
        incrs: unit === 'count' || unit === 'bytes' ? STEPS : [...TENTHS, ...STEPS],
        values: (_plot, splits) => splits.map(format),
      },
    ],
    series: [
      {},
      ...lines.map(({ name, values }, index) => ({
        label: name,
        width: 1.75,
        stroke: () => colour(`--line-${index}`),
        fill: index === 0 && lines.length < 3 ? () => colour('--line-0-area') : undefined,
        // A value that has none beside it has no line either.
        points: { show: (_plot, series) => isSparse(values) && series > 0, size: 4 },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [({ cursor }) => tell(cursor.idx)],
    },
  };
  const drawn = new uPlot(options, [times, ...lines.map(({ values }) => values)], box);
  new ResizeObserver(() => drawn.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn.redraw());

  /** What the cursor points at; otherwise what the page says of the whole run. */
  function tell(index) {
    words.forEach((node, line) => {
      const value = index == null ? undefined : lines[line].values[index];
      node.textContent = value == null ? inWords[line] : `${format(value)} at ${elapsed(times[index])}`;
    });
  }
}

function isSparse(values) {
  return (
    values.filter((value, index) => value !== null && values[index - 1] == null && values[index + 1] == null).length > 0
  );
}

/** `45 s`, `2:30`, `1:02:00`. */
function elapsed(seconds) {
  if (seconds < 60) return `${short.format(seconds)} s`;
  const parts = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), Math.floor(seconds % 60)];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
