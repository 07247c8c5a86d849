// Takes out of dist what no source stands for any more: the compiler leaves it there, and it would be packed.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('src', import.meta.url));
const output = fileURLToPath(new URL('dist', import.meta.url));

for (const file of readdirSync(output, { withFileTypes: true, recursive: true })) {
  if (!file.isFile() || file.name.startsWith('.')) continue;
  const path = join(file.parentPath, file.name);
  if (!existsSync(sourceOf(path))) rmSync(path);
}

/** Files that are copied are called the same; source maps are not made. */
function sourceOf(path) {
  return join(source, path.slice(output.length)).replace(/(\.d\.ts|\.js)$/, '.ts');
}
