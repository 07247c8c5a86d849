import process from 'node:process';

interface Report {
  userLimits?: { open_files?: { soft: number | string } };
}

/** How many files, sockets among them, this process may have open; `Infinity` where the system sets no limit. */
export function openFileLimit(): number {
  const { userLimits } = process.report.getReport() as Report;
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Infinity;
}
