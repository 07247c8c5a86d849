import process from 'node:process';

interface Report {
  userLimits?: { open_files?: { soft: number | string } };
}

/** Asked once: a report of the process lists all of its sockets. */
let limit: number | undefined;

/** How many files, sockets among them, this process may have open; `Infinity` where the system sets no limit. */
export function openFileLimit(): number {
  return (limit ??= readLimit());
}

function readLimit(): number {
  const { userLimits } = process.report.getReport() as Report;
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Infinity;
}
